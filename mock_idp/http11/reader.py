"""Reading HTTP/1.1 requests from a socket (RFC 9112), strictly, with bounds, and never longer than some time."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Any

from mock_idp.http11.limits import HttpLimits
from mock_idp.http11.syntax import MAX_TARGET_BYTES, BadRequest, Head, parse_head
from mock_idp.tools.clocks import steady

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_MAX_CHUNK_LINE = 1024
_RECEIVE_BYTES = 65_536


@dataclass(frozen=True)
class HttpRequest:
    """One request: its head, and its body, whole."""

    head: Head
    body: bytes

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants to go on with the connection."""
        return self.head.keep_alive

    def environ(self) -> dict[str, Any]:
        """The request's part of a WSGI environ (PEP 3333)."""
        return self.head.environ(self.body)


class RequestReader:
    """Reads the requests of one connection, one after the other.

    A client may be silent for `idle_seconds` between two requests; from the first byte of one on it has
    `head_seconds` for the head, and `body_seconds` for the body behind it, however it spreads its bytes.
    """

    def __init__(self, sock: socket.socket, limits: HttpLimits) -> None:
        self._socket = sock
        self._limits = limits
        self._buffer = bytearray()
        self._deadline: float | None = None

    def next(self) -> HttpRequest | None:
        """The next request, or None when the client is done.

        Raises BadRequest for anything that is not one request after another, OSError when the connection breaks.
        """
        self._deadline = None
        data = self._read_head()
        if data is None:
            return None
        head = parse_head(data)
        return HttpRequest(head, self._read_body(head))

    def _read_head(self) -> bytes | None:
        self._socket.settimeout(self._limits.idle_seconds)
        if self._buffer:
            self._begin(self._limits.head_seconds)
        searched = 0
        while True:
            # RFC 9112 section 2.2: empty lines before a request are passed over.
            while self._buffer.startswith(b"\r\n"):
                del self._buffer[:2]
            end = self._buffer.find(b"\r\n\r\n", max(searched - 3, 0))
            if end >= 0:
                head = bytes(self._buffer[:end])
                del self._buffer[: end + 4]
                return head
            searched = len(self._buffer)
            self._check_unfinished_head()
            if not self._receive():
                return None
            if self._deadline is None:
                self._begin(self._limits.head_seconds)

    def _check_unfinished_head(self) -> None:
        """Refuse what can no longer become a head, instead of waiting for the rest."""
        line_end = self._buffer.find(b"\n")
        if line_end >= 0 and self._buffer[line_end - 1 : line_end] != b"\r":
            raise BadRequest(400, "The lines of a request end with CR LF.")
        if line_end < 0 and len(self._buffer) > MAX_TARGET_BYTES + 100:
            raise BadRequest(414, f"A request target may have at most {MAX_TARGET_BYTES} bytes.")
        if len(self._buffer) > self._limits.head_bytes:
            raise BadRequest(431, f"A request head may have at most {self._limits.head_bytes} bytes.")

    def _read_body(self, head: Head) -> bytes:
        coding, announced = head.fields.get("transfer-encoding"), head.fields.get("content-length")
        if coding is None and announced is None:
            return b""
        length = 0
        if coding is not None:
            if coding.lower() != "chunked" or announced is not None:
                raise BadRequest(400, "Only Transfer-Encoding: chunked is understood, without Content-Length.")
        elif announced is None or not (announced.isascii() and announced.isdigit()):
            raise BadRequest(400, "Content-Length is not a number.")
        elif len(announced) > 20 or int(announced) > self._limits.body_bytes:
            raise self._too_large()
        else:
            length = int(announced)
        self._begin(self._limits.body_seconds)
        if head.fields.get("expect", "").lower() == "100-continue":
            self._socket.sendall(_CONTINUE)
        return self._read_chunks() if coding is not None else self._read_exactly(length)

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            found = _CHUNK_SIZE.fullmatch(self._read_line(_MAX_CHUNK_LINE))
            if found is None:
                raise BadRequest(400, "A chunk has no size.")
            size = int(found[1], 16)
            if len(body) + size > self._limits.body_bytes:
                raise self._too_large()
            if size == 0:
                self._pass_trailers()
                return bytes(body)
            body += self._read_exactly(size)
            if self._read_line(_MAX_CHUNK_LINE):
                raise BadRequest(400, "A chunk is longer than its size.")

    def _pass_trailers(self) -> None:
        """Trailer fields are of no use here, but end somewhere."""
        left = self._limits.head_bytes
        while line := self._read_line(left):
            left -= len(line) + 2

    def _read_line(self, most: int) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\r\n", max(searched - 1, 0))) < 0 and len(self._buffer) <= most:
            searched = len(self._buffer)
            self._receive_more()
        if end < 0 or end > most:
            raise BadRequest(431, "A line of the request is too long.")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive_more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _receive_more(self) -> None:
        if not self._receive():
            raise ConnectionError("The client went away in the middle of a request.")

    def _receive(self) -> bool:
        """Take in what has come; whether the client goes on."""
        if self._deadline is not None:
            left = self._deadline - steady()
            if left <= 0:
                raise BadRequest(408, "The request did not come in time.")
            self._socket.settimeout(left)
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except TimeoutError:
            if self._deadline is None:
                return False
            raise BadRequest(408, "The request did not come in time.") from None
        self._buffer += data
        return bool(data)

    def _begin(self, seconds: float) -> None:
        self._deadline = steady() + seconds

    def _too_large(self) -> BadRequest:
        return BadRequest(413, f"A body may have at most {self._limits.body_bytes} bytes.")
