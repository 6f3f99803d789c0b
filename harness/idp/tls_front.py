"""The identity provider behind TLS, with certificates that a service must trust or must not."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.grammar.vocabulary import CERTIFICATES
from harness.idp.tls_certificates import server_contexts
from harness.processes.scratch_folder import ScratchFolder
from harness.wire.timed_socket import Deadline

_BUFFER = 65_536
_IDLE_SECONDS = 30.0
# Who connects is the service under test, which may hang, or connect for ever.
MAX_CONNECTIONS = 256
_HANDSHAKE_SECONDS = 10.0
_CLIENT_HELLO = b"\x16"  # The first byte of a TLS connection (RFC 8446 §5.1); anything else is a request to a proxy.


class TlsFront:
    """Listens on a loopback port, ends TLS and passes the bytes on to the identity provider at `idp_url`.

    `https_base_url` says under which URL the service will know it, by the port. CONNECT is answered as a proxy
    would, so that a service which reaches the provider through one meets the same certificates. `url` is that URL,
    `address` HOST:PORT of the listener, `ca_file` the PEM file of the CA that the service is to trust.
    """

    def __init__(self, idp_url: str, https_base_url: Callable[[int], str]) -> None:
        self._folder = ScratchFolder()
        self._folder.make()
        parts = urlsplit(idp_url)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.url = https_base_url(port)
        try:
            ca_pem, self._contexts = server_contexts(urlsplit(self.url).hostname or "localhost", self._folder.path)
            ca_file = self._folder.path / "ca.pem"
            ca_file.write_bytes(ca_pem)
        except BaseException:
            self._listener.close()
            self._folder.remove()
            raise
        self.ca_file = str(ca_file)
        self._kind = "trusted"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._servers: list[threading.Thread] = []
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
        """End the listener and everything that runs through it; returns when all is gone. May be called again."""
        with suppress(OSError):  # Wakes the accepting thread.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self._close_connections()
        for server in self._servers:
            server.join()
        self._folder.remove()

    def _close_connections(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # The method of a TLS socket would take its keys from the thread that uses it.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if len(self._open) >= MAX_CONNECTIONS:
                    connection.close()
                    continue
                self._open.add(connection)
            server = threading.Thread(target=self._serve, args=(connection,), name="tls-front", daemon=True)
            self._servers = [*(one for one in self._servers if one.is_alive()), server]
            server.start()

    def _serve(self, connection: socket.socket) -> None:
        deadline = Deadline(_HANDSHAKE_SECONDS)
        try:
            connection.settimeout(deadline.left())
            if connection.recv(1, socket.MSG_PEEK) != _CLIENT_HELLO:
                _answer_connect(connection, deadline)
            connection.settimeout(deadline.left())
            with self._lock:
                tls = self._contexts[self._kind].wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
                self._open.remove(connection)
                self._open.add(tls)
                connection = tls
            tls.do_handshake()  # The time limit is that of all of it.
            tls.settimeout(_IDLE_SECONDS)
            with socket.create_connection(self._upstream, timeout=_IDLE_SECONDS) as upstream:
                _pass_on(tls, upstream)
        except OSError:  # Also that of TLS: a client that does not trust the certificate hangs up.
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
                connection.close()


def _answer_connect(connection: socket.socket, deadline: Deadline) -> None:
    """Read the head of a CONNECT request and say yes to it (RFC 9110 §9.3.6), whatever host it names."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        connection.settimeout(deadline.left())
        one = connection.recv(1)
        if not one or len(head) > _BUFFER:
            raise ConnectionError("the request for a tunnel does not end")
        head += one
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")


def _pass_on(tls: ssl.SSLSocket, upstream: socket.socket) -> None:
    """Bytes in both directions until one side ends."""
    with selectors.PollSelector() as selector:  # `select` knows only the first 1024 descriptors.
        selector.register(tls, selectors.EVENT_READ, (tls, upstream))
        selector.register(upstream, selectors.EVENT_READ, (upstream, tls))
        while True:
            ready = [key.data for key, _ in selector.select(_IDLE_SECONDS)] if not tls.pending() else [(tls, upstream)]
            if not ready:
                return
            for source, sink in ready:
                data = source.recv(_BUFFER)
                if not data:
                    return
                sink.sendall(data)
