"""One client connection: requests in, WSGI calls, answers out, until one side has had enough."""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import sys
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from harness.reference.http_head import BadHead, Head, read_head

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A body that nobody read is read away up to this size to keep the connection; a larger one costs the
# connection.
KEEP_ALIVE_DRAIN_BYTES: Final = 64 * 1024
# Before hanging up on a peer who still sends: read this much more, so that it gets to see the answer.
LINGER_BYTES: Final = 8 * 1024 * 1024
LINGER_SECONDS: Final = 1.0


class Body(io.RawIOBase):
    """The request body, exactly `length` bytes; says "100 Continue" when it is first wanted."""

    def __init__(self, stream: io.BufferedIOBase, length: int, on_first_read: Callable[[], None]) -> None:
        self._stream = stream
        self._on_first_read: Callable[[], None] | None = on_first_read
        self.left = length

    def can_be_drained(self, head: Head) -> bool:
        """Whether the rest is small, and sure to come: who waits for "100 Continue" may never send it."""
        waits = self._on_first_read is not None and bool(head.value("expect"))
        return self.left == 0 or (self.left <= KEEP_ALIVE_DRAIN_BYTES and not waits)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills `buffer` as far as the body goes."""
        if self._on_first_read is not None:
            self._on_first_read()
            self._on_first_read = None
        data = self._stream.read(min(len(buffer), self.left)) if self.left else b""
        buffer[: len(data)] = data
        self.left = self.left - len(data) if data else 0
        return len(data)


class Listener(Protocol):
    """The server a connection belongs to: what it serves, and who keeps account of the connection."""

    app: WSGIApplication
    server_address: Any

    def opened(self, connection: socket.socket) -> None:
        """A connection began."""

    def closed(self, connection: socket.socket) -> None:
        """It is over."""


class ConnectionHandler(socketserver.StreamRequestHandler):
    """Serves a WSGI application (`server.app`) over one kept-alive connection."""

    disable_nagle_algorithm = True
    timeout = 60.0

    def setup(self) -> None:
        """Makes the connection known, so that `stop` can end it."""
        super().setup()
        self.listener = cast(Listener, self.server)
        self.listener.opened(self.connection)

    def finish(self) -> None:
        """Forgets the connection."""
        try:
            with contextlib.suppress(OSError):
                super().finish()
        finally:
            self.listener.closed(self.connection)

    @staticmethod
    def hang_up(connection: socket.socket) -> None:
        """Ends a connection from another thread: its reader sees the end of the stream."""
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        """Request after request until the connection ends."""
        try:
            while self.handle_one():
                pass
        except OSError:
            return  # The peer is gone, or too slow; there is nobody to answer.

    def handle_one(self) -> bool:
        """Serves one request; whether the connection can carry another."""
        try:
            head = self.next_head()
            if head is None:
                return False
            length = body_length(head)
        except BadHead as bad:
            self.send(bad.status, [("Content-Length", "0")], b"", keep=False)
            self.linger()
            return False
        body = Body(self.rfile, length, lambda: self.say_continue(head))
        keep = wants_keep_alive(head)
        status, headers, content = self.call_application(head, body, length)
        keep = keep and body.can_be_drained(head)
        self.send(status, headers, content, keep)
        if not keep:
            if body.left:
                self.linger()
            return False
        return body.left == 0 or len(self.rfile.read(body.left)) == body.left

    def next_head(self) -> Head | None:
        """The head of the next request; None when the peer closed the connection. Raises `BadHead`."""
        return read_head(self.rfile.readline)

    def say_continue(self, head: Head) -> None:
        """The interim answer to a client that waits before it sends its body (RFC 9110 §10.1.1)."""
        if head.value("expect").lower() == "100-continue" and head.minor_version:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def call_application(self, head: Head, body: Body, length: int) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and content of the application's answer."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            started.append((status, headers))
            return written.append

        chunks = self.listener.app(self.environ(head, body, length), start_response)
        try:
            written.extend(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return int(status[:3]), headers, b"".join(written)

    def environ(self, head: Head, body: Body, length: int) -> dict[str, Any]:
        """The WSGI environment (PEP 3333). A field sent twice is joined by a comma (RFC 9110 §5.3)."""
        host, port = self.listener.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": head.path.decode("latin-1"),
            "QUERY_STRING": head.query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": f"HTTP/1.{head.minor_version}",
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": str(self.client_address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "reference.connection": self.connection,
        }
        for name, value in head.fields:
            # `x_api_key` would become the same variable as `x-api-key`.
            if "_" in name:
                continue
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            separator = "; " if name == "cookie" else ","
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
        environ["CONTENT_LENGTH"] = str(length)
        return environ

    def send(self, status: int, headers: list[tuple[str, str]], content: bytes, keep: bool) -> None:
        """Writes one answer in one piece."""
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", f"Date: {formatdate(time.time(), usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if not keep:
            lines.append("Connection: close")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + content)

    def linger(self) -> None:
        """Reads on for a moment, so that the peer sees the answer instead of a reset (RFC 9112 §9.6)."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(LINGER_SECONDS)
        deadline = time.monotonic() + LINGER_SECONDS
        seen = 0
        while seen < LINGER_BYTES and time.monotonic() < deadline:
            data = self.connection.recv(64 * 1024)
            if not data:
                return
            seen += len(data)


def body_length(head: Head) -> int:
    """The announced length of the body; raises `BadHead` for a chunked or an ambiguous one."""
    if head.value("transfer-encoding"):
        raise BadHead(411, "only bodies with a Content-Length are read")
    value = head.value("content-length") or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BadHead(400, "Content-Length is malformed")
    return int(value)


def wants_keep_alive(head: Head) -> bool:
    """Whether the connection persists after this request (RFC 9112 §9.3)."""
    options = [option.strip().lower() for option in head.value("connection").split(",")]
    return "close" not in options if head.minor_version else "keep-alive" in options


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
