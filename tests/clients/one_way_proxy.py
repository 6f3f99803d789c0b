"""A forward proxy that takes every tunnel to one server, whatever name was asked for (RFC 9110 section 9.3.6)."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Proxy(socketserver.ThreadingTCPServer):
    """The proxy in front of a port of this machine; `open` are its connections to both sides."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.port = port
        self.open: list[socket.socket] = []


class _Tunnel(socketserver.StreamRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        with socket.create_connection(("127.0.0.1", self.server.port)) as target:
            self.server.open += [self.connection, target]
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(target, self.connection))
            back.start()
            _copy(self.connection, target)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Everything until one side ends; then the other end learns of it."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def one_way_proxy(port: int) -> Iterator[str]:
    """The URL of a proxy in front of a port of this machine; its tunnels end with it."""
    with _Proxy(port) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()
            for connection in proxy.open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
