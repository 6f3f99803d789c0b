"""What a gRPC server says of itself: the services that it lists and their methods, by server reflection (extra `grpc`).

Source: https://grpc.io/docs/guides/reflection/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign
from harness.wire.grpc_address import GrpcAddress

SECONDS = 5.0
# More services than anybody reads of are not asked for.
MOST = 500
# Servers have the one or the other; their messages are the same, and grpcio-reflection has those of the second.
_VERSIONS = ("v1", "v1alpha")
# No message begins like this: the server says so before it looks at who asks, and nothing is done. A method that takes
# a stream gets an empty one instead, as a server of grpcio 1.85.3 could otherwise hang when it is stopped.
_NO_MESSAGE = b"\xff"
# The services that servers have whatever they are for.
_OF_GRPC = "grpc."


class Method(NamedTuple):
    """A method by its name; `takes_stream` says whether callers send a stream of messages instead of one."""

    name: str
    takes_stream: bool


class Reflection:
    """The server at an address, asked without credentials; `services` are the names that it lists.

    Raises `HarnessError` without the extra, and when nobody answers within `SECONDS` or the server has no reflection.
    """

    def __init__(self, address: GrpcAddress) -> None:
        self._channel = address.channel()
        try:
            self.services = self._listed(address)
        except BaseException:
            self._channel.close()
            raise

    def __enter__(self) -> Reflection:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def _listed(self, address: GrpcAddress) -> list[str]:
        import grpc
        from grpc_reflection.v1alpha import reflection_pb2 as messages

        question = messages.ServerReflectionRequest(list_services="")
        for version in _VERSIONS:
            self._ask = self._channel.stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                request_serializer=messages.ServerReflectionRequest.SerializeToString,
                response_deserializer=messages.ServerReflectionResponse.FromString,
            )
            try:
                answer = next(self._ask(iter([question]), timeout=SECONDS))
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                    why = address.why_not_reached() or foreign(error.details())
                    raise HarnessError(f"no gRPC server answers at {address}: {why}") from None
            else:
                return sorted(service.name for service in answer.list_services_response.service)
        raise HarnessError(f"the gRPC server at {address} does not list its services: switch server reflection on")

    def methods(self, services: Sequence[str]) -> list[list[Method]]:
        """The methods of each service, none where the server doesn't describe it."""
        import grpc
        from google.protobuf.descriptor_pb2 import FileDescriptorProto
        from google.protobuf.message import DecodeError
        from grpc_reflection.v1alpha import reflection_pb2 as messages

        questions = [messages.ServerReflectionRequest(file_containing_symbol=name) for name in services]
        found: list[list[Method]] = [[] for _ in services]
        try:
            for number, answer in enumerate(self._ask(iter(questions), timeout=SECONDS)):
                for file in answer.file_descriptor_response.file_descriptor_proto:
                    found[number] += _methods_of(services[number], FileDescriptorProto.FromString(file))
        except (grpc.RpcError, DecodeError):
            pass  # What is described so far is what is known.
        return found

    def is_there(self, service: str, method: Method) -> bool:
        """Whether anything but UNIMPLEMENTED is said to a request that is no message, or to an empty stream."""
        import grpc

        call = self._channel.stream_stream(
            f"/{service}/{method.name}", request_serializer=bytes, response_deserializer=bytes
        )
        answers = call(iter([] if method.takes_stream else [_NO_MESSAGE]), timeout=SECONDS)
        try:
            next(answers, None)
        except grpc.RpcError as error:
            return error.code() is not grpc.StatusCode.UNIMPLEMENTED
        answers.cancel()
        return True


def served_methods(address: GrpcAddress) -> list[str]:
    """The paths `/package.Service/Method` of all that a server lists and serves, but for what is gRPC's own.

    Raises `HarnessError` as `Reflection`.
    """
    with Reflection(address) as server:
        services = [name for name in server.services if not name.startswith(_OF_GRPC)][:MOST]
        return [
            f"/{service}/{method.name}"
            for service, methods in zip(services, server.methods(services), strict=True)
            for method in methods
            if server.is_there(service, method)
        ]


def _methods_of(service: str, file: Any) -> list[Method]:
    return [
        Method(method.name, method.client_streaming)
        for one in file.service
        if f"{file.package}.{one.name}".lstrip(".") == service
        for method in one.method
    ]
