"""The identity provider behind TLS, with certificates that a service must trust or must not."""

from __future__ import annotations

import select
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import HarnessError
from harness.tls_certificates import server_contexts
from harness.vocabulary import CERTIFICATES

_BUFFER = 65_536
_IDLE_SECONDS = 30.0


class TlsFront:
    """Listens on a loopback port, ends TLS and passes the bytes on to the identity provider at `idp_url`.

    `https_base_url` says under which URL the service will know it, by the port. CONNECT is answered as a proxy
    would, so that a service which reaches the provider through one meets the same certificates. `url` is that URL,
    `address` HOST:PORT of the listener, `ca_file` the PEM file of the CA that the service is to trust.
    """

    def __init__(self, idp_url: str, https_base_url: Callable[[int], str]) -> None:
        parts = urlsplit(idp_url)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.url = https_base_url(port)
        self._folder = tempfile.TemporaryDirectory(prefix="idp-harness-tls-")
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False
        try:
            ca_pem, self._contexts = server_contexts(urlsplit(self.url).hostname or "localhost")
            (Path(self._folder.name) / "ca.pem").write_bytes(ca_pem)
        except BaseException:
            self._listener.close()
            self._folder.cleanup()
            raise
        self.ca_file = str(Path(self._folder.name) / "ca.pem")
        self._kind = "trusted"
        self._thread = threading.Thread(target=self._accept, name="tls-front", daemon=True)
        self._thread.start()

    def present(self, kind: str) -> None:
        """Show this certificate from now on, one of `CERTIFICATES`; connections that are open are closed."""
        if kind not in CERTIFICATES:
            raise HarnessError(f"{kind!r} is no certificate; there are {', '.join(CERTIFICATES)}")
        with self._lock:
            changed, self._kind = kind != self._kind, kind
        if changed:
            self._close_connections()

    def close(self) -> None:
        """End the listener and everything that runs through it."""
        self._closed = True
        with suppress(OSError):  # Wakes the accepting thread.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._close_connections()
        self._thread.join()
        self._folder.cleanup()

    def _close_connections(self) -> None:
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="tls-front", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_IDLE_SECONDS)
        with suppress(OSError, ssl.SSLError), connection:
            if connection.recv(7, socket.MSG_PEEK | socket.MSG_WAITALL) == b"CONNECT":
                head = b""
                while b"\r\n\r\n" not in head and len(head) < _BUFFER:
                    head += connection.recv(1)
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._lock:
                context = self._contexts[self._kind]
                self._open.add(connection)
            with (
                context.wrap_socket(connection, server_side=True) as tls,
                socket.create_connection(self._upstream, timeout=_IDLE_SECONDS) as upstream,
            ):
                with self._lock:
                    self._open.discard(connection)
                    self._open.add(tls)
                _pass_on(tls, upstream)
                with self._lock:
                    self._open.discard(tls)


def _pass_on(tls: ssl.SSLSocket, upstream: socket.socket) -> None:
    """Bytes in both directions until one side ends."""
    while True:
        readable = [tls] if tls.pending() else select.select([tls, upstream], [], [], _IDLE_SECONDS)[0]
        if not readable:
            return
        for one in readable:
            data = one.recv(_BUFFER)
            if not data:
                return
            (upstream if one is tls else tls).sendall(data)
