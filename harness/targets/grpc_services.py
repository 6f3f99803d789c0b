"""Which gRPC services answer at an address, asked by server reflection (extra `grpc`)."""

from __future__ import annotations

from importlib.util import find_spec

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign

SECONDS = 5.0
_MOST = 500
# Servers have the one or the other; their messages are the same, and grpcio-reflection has those of the second.
_VERSIONS = ("v1", "v1alpha")


def why_not_installed() -> str | None:
    """What to do to get gRPC, `None` when it is there."""
    if find_spec("grpc") and find_spec("grpc_reflection"):
        return None
    return "pip install 'idp-harness[grpc]'"


def grpc_services(address: str) -> list[str]:
    """The names of the services at HOST:PORT, sorted and fit to be shown; no credentials are sent, no TLS is spoken.

    Raises `HarnessError` without the extra, and when nobody answers within `SECONDS` or the server has no reflection
    (https://grpc.io/docs/guides/reflection/).
    """
    if reason := why_not_installed():
        raise HarnessError(f"gRPC is not installed: {reason}")
    import grpc
    from grpc_reflection.v1alpha import reflection_pb2 as messages

    question = messages.ServerReflectionRequest(list_services="")
    with grpc.insecure_channel(address) as channel:
        for version in _VERSIONS:
            ask = channel.stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                request_serializer=messages.ServerReflectionRequest.SerializeToString,
                response_deserializer=messages.ServerReflectionResponse.FromString,
            )
            try:
                answer = next(ask(iter([question]), timeout=SECONDS))
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                    raise HarnessError(f"no gRPC server answers at {address}: {foreign(error.details())}") from None
            else:
                return _shown(sorted(service.name for service in answer.list_services_response.service))
    raise HarnessError(f"the gRPC server at {address} does not list its services: switch server reflection on")


def _shown(names: list[str]) -> list[str]:
    more = [f"… and {len(names) - _MOST} more"] if len(names) > _MOST else []
    return [str(foreign(name)) for name in names[:_MOST]] + more
