"""The gRPC server of a reference service: its methods, server reflection v1, and the health service of gRPC."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from flask import Flask, request
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.reflection import ReflectionServicer
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse
from werkzeug.test import EnvironBuilder

from harness.reference.grpc_gate import GrpcGate
from harness.reference.grpc_listener import GrpcListener
from harness.reference.grpc_methods import Method

_THREADS = 16
# How long a call that is stuck may take to end.
_STOP_SECONDS = 1.0
_END_SECONDS = 5.0
_SERVING = b"\x08\x01"  # HealthCheckResponse of grpc.health.v1 with status SERVING.


class GrpcServer:
    """Serves `methods` behind `gate` where `listener` says; `app` is the context that faults and logs ask for.

    Raises `OSError` when the port is taken.
    """

    def __init__(self, app: Flask, gate: GrpcGate, methods: tuple[Method, ...], listener: GrpcListener) -> None:
        self._app, self._gate = app, gate
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="reference-grpc")
        self._server = grpc.server(self._pool, options=(("grpc.so_reuseport", 0),))
        for service in dict.fromkeys(method.service for method in methods):
            ours = {one.name: self._handler(one) for one in methods if one.service == service}
            self._add(service, ours)
        check = grpc.unary_unary_rpc_method_handler(lambda message, context: _SERVING)
        self._add("grpc.health.v1.Health", {"Check": check})
        self._add("grpc.reflection.v1.ServerReflection", {"ServerReflectionInfo": _reflection(methods)})
        try:
            port = listener.bind(self._server)
        except RuntimeError as error:
            self._pool.shutdown()
            raise OSError(errno.EADDRINUSE, f"gRPC can't be served at {listener.address}") from error
        self.address = f"{listener.address.rpartition(':')[0]}:{port}"
        self._server.start()

    def stop(self) -> None:
        """Ends the calls under way; returns when they have ended, or are sure not to."""
        # With grpcio 1.85.3 the end may never come.
        self._server.stop(_STOP_SECONDS).wait(_STOP_SECONDS + _END_SECONDS)
        self._pool.shutdown()

    def _add(self, service: str, methods: dict[str, Any]) -> None:
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))

    def _handler(self, method: Method) -> Any:
        def serve(message: bytes, context: Any) -> bytes:
            headers = [(name, value) for name, value in context.invocation_metadata() if isinstance(value, str)]
            base_url = f"{'https' if _over_tls(context) else 'http'}://localhost/"
            environ = EnvironBuilder(method.path, base_url, method="POST", headers=headers).get_environ()
            with self._app.request_context(environ):
                try:
                    return self._gate.serve(method, request, message)
                except Exception as error:
                    context.abort(grpc.StatusCode[self._gate.code(error)], self._gate.details(error))
            raise AssertionError("abort raises")

        return grpc.unary_unary_rpc_method_handler(serve)


def _over_tls(context: Any) -> bool:
    return bool(context.auth_context().get("transport_security_type") == [b"ssl"])


def _reflection(methods: tuple[Method, ...]) -> Any:
    """Server reflection for the services of these methods, whose messages have no fields that anybody should know."""
    pool, names = DescriptorPool(), sorted({method.service for method in methods})
    package = names[0].rpartition(".")[0] if names else ""
    file = FileDescriptorProto(name="reference.proto", package=package)
    file.message_type.add(name="Message")
    for name in names:
        service = file.service.add(name=name.rpartition(".")[2])
        for method in methods:
            if method.service == name:
                message = f".{package}.Message"
                service.method.add(name=method.name, input_type=message, output_type=message)
    pool.Add(file)
    servicer = ReflectionServicer(names, pool)

    def info(questions: Iterator[Any], context: Any) -> Iterator[Any]:
        yield from servicer.ServerReflectionInfo(questions, context)

    return grpc.stream_stream_rpc_method_handler(
        info, ServerReflectionRequest.FromString, ServerReflectionResponse.SerializeToString
    )
