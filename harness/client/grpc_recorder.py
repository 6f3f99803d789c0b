"""What a client sends over gRPC: calls of any method are written down and answered with a message without fields."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from harness.shown.foreign_text import ForeignText
from harness.wire.grpc_library import quiet_grpc

_LOOPBACK = "127.0.0.1"
_THREADS = 8
_CHUNK = 65536
# How long calls of a client that is gone may take to end, and the server then: grpcio 1.85.3 may never come to its end.
_STOP_SECONDS, _END_SECONDS = 0.0, 5.0

# What is told of a call: its path `/package.Service/Method`, its metadata, and its first message.
Told = Callable[[str, tuple[tuple[str, str], ...], ForeignText], None]


class GrpcRecorder:
    """A gRPC server at a port of its own, `port`, which tells `told` of every call. Needs the extra `grpc`."""

    def __init__(self, told: Told) -> None:
        grpc = quiet_grpc()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="client-grpc")
        self._server = grpc.server(self._pool, handlers=(_Anything(told),), options=(("grpc.so_reuseport", 0),))
        self.port: int = self._server.add_insecure_port(f"{_LOOPBACK}:0")
        self._server.start()

    def stop(self) -> None:
        """Ends the calls under way, and with them their connections; returns after some seconds at the latest."""
        self._server.stop(_STOP_SECONDS).wait(_STOP_SECONDS + _END_SECONDS)
        self._pool.shutdown()

    def serve(self, client: socket.socket, first: bytes) -> None:
        """Let it speak to a client whose first bytes were read already; returns when either has ended."""
        with socket.create_connection((_LOOPBACK, self.port)) as server:
            server.sendall(first)
            client.settimeout(None)
            back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            _pass_on(client, server)
            back.join()


class _Anything:
    """Every method there is (`grpc.GenericRpcHandler`), taken as a stream: on the wire a single message is one, too."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def service(self, call: Any) -> Any:
        import grpc

        def answer(messages: Iterator[bytes], context: Any) -> Iterator[bytes]:
            message = b""
            try:
                message = next(messages, b"")
            finally:
                metadata = tuple((str(name), ForeignText(value).as_it_came) for name, value in call.invocation_metadata)
                self._told(call.method, metadata, ForeignText(message))
            yield b""

        return grpc.stream_stream_rpc_method_handler(answer)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """What comes from one side goes to the other, until one of them ends; then so does the other."""
    with suppress(OSError):  # Who hung up is none of our problems.
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
