"""A TLS server with a key set, for services that fetch over https, directly or through it as their proxy."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from target_issuer import Issuer

CLIENT_HELLO = b"\x16"  # The first byte of a TLS connection (RFC 8446 §5.1).


class TlsFront:
    """Answers GET with the key set of `issuer` over TLS, also inside a tunnel that CONNECT asked it for."""

    def __init__(self, issuer: Issuer, *names: str) -> None:
        self.authority = trustme.CA()
        self.requests: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names).configure_cert(context)
        requests, body = self.requests, issuer.body

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def setup(self) -> None:
                if self.request.recv(1, socket.MSG_PEEK) == CLIENT_HELLO:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_CONNECT(self) -> None:
                requests.append(f"CONNECT {self.path}")
                self.send_response(200)
                self.end_headers()
                self.wfile.flush()
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()
                self.close_connection = False

            def do_GET(self) -> None:
                requests.append(f"GET {self.path}")
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def finish(self) -> None:
                with contextlib.suppress(OSError):
                    super().finish()
                self.request.close()

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that does not trust the certificate hangs up; the tests look at what it did instead."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]

    def ca_file(self, folder: Path) -> str:
        """A file with the certificate of its authority."""
        path = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(str(path))
        return str(path)


@contextmanager
def running_tls_front(issuer: Issuer, *names: str) -> Iterator[TlsFront]:
    front = TlsFront(issuer, *names)
    thread = threading.Thread(target=front.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield front
    finally:
        front.server.shutdown()
        front.server.server_close()
        thread.join()
