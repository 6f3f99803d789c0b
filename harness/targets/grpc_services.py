"""Which gRPC services answer at an address, asked by server reflection (extra `grpc`)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign

SECONDS = 5.0
_MOST = 500
# Servers have the one or the other; their messages are the same, and grpcio-reflection has those of the second.
_VERSIONS = ("v1", "v1alpha")
# What answers on many servers without being listed, and a method of it.
_HEALTH, _CHECK = "grpc.health.v1.Health", "Check"
# No message begins like this: the server says so before it looks at who asks, and nothing is done.
_NO_MESSAGE = b"\xff"


def why_not_installed() -> str | None:
    """What to do to get gRPC, `None` when it is there."""
    if find_spec("grpc") and find_spec("grpc_reflection"):
        return None
    return "pip install 'idp-harness[grpc]'"


def grpc_services(address: str) -> list[str]:
    """The services at HOST:PORT by name, a line each, fit to be shown; no credentials are sent, no TLS is spoken.

    A server may list services of which it has the description and no more: each is called once with a request that is
    no message, and a line says which of them isn't there. So is the health service, listed or not.

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
                names = sorted(service.name for service in answer.list_services_response.service)
                return _shown(names, list(_lines(channel, ask, names[:_MOST])))
    raise HarnessError(f"the gRPC server at {address} does not list its services: switch server reflection on")


def _lines(channel: Any, ask: Any, names: list[str]) -> Iterator[str]:
    if _HEALTH not in names and _is_there(channel, _HEALTH, _CHECK):
        yield f"{_HEALTH}: answers, and is not listed"
    for name, method in zip(names, _methods(ask, names), strict=True):
        there = method is None or _is_there(channel, name, method)
        yield str(foreign(name)) + ("" if there else ": listed, and answers UNIMPLEMENTED")


def _is_there(channel: Any, service: str, method: str) -> bool:
    """Whether anything but UNIMPLEMENTED is said to a request that is no message."""
    import grpc

    call = channel.unary_unary(f"/{service}/{method}", request_serializer=bytes, response_deserializer=bytes)
    try:
        call(_NO_MESSAGE, timeout=SECONDS)
    except grpc.RpcError as error:
        return error.code() is not grpc.StatusCode.UNIMPLEMENTED
    return True


def _methods(ask: Any, names: list[str]) -> list[str | None]:
    """A method of each service, None where the server doesn't describe it."""
    import grpc
    from google.protobuf.descriptor_pb2 import FileDescriptorProto
    from google.protobuf.message import DecodeError
    from grpc_reflection.v1alpha import reflection_pb2 as messages

    questions = [messages.ServerReflectionRequest(file_containing_symbol=name) for name in names]
    found: list[str | None] = [None] * len(names)
    try:
        for number, answer in enumerate(ask(iter(questions), timeout=SECONDS)):
            for file in answer.file_descriptor_response.file_descriptor_proto:
                described = FileDescriptorProto.FromString(file)
                for service in described.service:
                    if f"{described.package}.{service.name}".lstrip(".") == names[number] and service.method:
                        found[number] = service.method[0].name
    except (grpc.RpcError, DecodeError):
        pass  # What is described so far is what is known.
    return found


def _shown(names: list[str], lines: list[str]) -> list[str]:
    return lines + ([f"… and {len(names) - _MOST} more"] if len(names) > _MOST else [])
