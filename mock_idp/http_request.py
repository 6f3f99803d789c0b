"""Reading HTTP/1.1 requests from a socket (RFC 9112), strictly and with bounds."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

MAX_HEAD_BYTES = 65_536
MAX_BODY_BYTES = 8 * 1024 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class BadRequest(Exception):
    """A request that cannot be answered properly; `status` says what is wrong with it. Ends the connection."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class HttpRequest:
    """One request. `target` is as it came: origin form (`/path?query`) or absolute form (`http://host/path`)."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keep_alive: bool

    def environ(self) -> dict[str, Any]:
        """The request's part of a WSGI environ (PEP 3333). Repeated headers are joined with a comma."""
        path, _, query = self.target.partition("?")
        host = None
        if not path.startswith("/"):
            # RFC 9112 section 3.2.2: a proxy's client sends the whole URL, and its host replaces the Host header.
            parts = urlsplit(path)
            path, host = parts.path or "/", parts.netloc
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "QUERY_STRING": query,
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = "HTTP_" + key
            environ[key] = f"{environ[key]}, {value}" if key in environ else value
        if host is not None:
            environ["HTTP_HOST"] = host
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(len(self.body)) if self.body else environ.get("CONTENT_LENGTH", "")
        return environ


class RequestReader:
    """Reads the requests of one connection, one after the other."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._buffer = b""

    def next(self) -> HttpRequest | None:
        """The next request, or None when the client is done.

        Raises BadRequest for anything that is not one request after another, OSError when the connection breaks.
        """
        head = self._read_head()
        if head is None:
            return None
        lines = head.split("\r\n")
        method, target, version = _request_line(lines[0])
        headers = tuple(_header(line) for line in lines[1:])
        fields = {name.lower(): value for name, value in headers}
        body = self._read_body(fields)
        keep_alive = version == "HTTP/1.1" and fields.get("connection", "").lower() != "close"
        return HttpRequest(method, target, headers, body, keep_alive)

    def _read_head(self) -> str | None:
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
                return head.decode("latin-1")
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadRequest(431, "The request head is too large.")
            data = self._socket.recv(65_536)
            if not data:
                return None
            self._buffer += data

    def _read_body(self, fields: dict[str, str]) -> bytes:
        coding = fields.get("transfer-encoding")
        announced = fields.get("content-length")
        if coding is None and announced is None:
            return b""
        if fields.get("expect", "").lower() == "100-continue":
            self._socket.sendall(_CONTINUE)
        if coding is not None:
            if coding.lower() != "chunked" or announced is not None:
                raise BadRequest(400, "Only Transfer-Encoding: chunked is understood, without Content-Length.")
            return self._read_chunks()
        if announced is None or not (announced.isascii() and announced.isdigit() and len(announced) < 20):
            raise BadRequest(400, "Content-Length is not a number.")
        if int(announced) > MAX_BODY_BYTES:
            raise BadRequest(413, f"A body may have at most {MAX_BODY_BYTES} bytes.")
        return self._read_exactly(int(announced))

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            size_text = self._read_line().partition(b";")[0].strip()
            try:
                size = int(size_text, 16)
            except ValueError:
                raise BadRequest(400, "A chunk has no size.") from None
            if size < 0 or len(body) + size > MAX_BODY_BYTES:
                raise BadRequest(413, f"A body may have at most {MAX_BODY_BYTES} bytes.")
            if size == 0:
                while self._read_line():
                    pass  # Trailer fields are of no use here.
                return bytes(body)
            body += self._read_exactly(size)
            if self._read_line():
                raise BadRequest(400, "A chunk is longer than its size.")

    def _read_line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadRequest(431, "A line is too long.")
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("The client went away in the middle of a request.")
        self._buffer += data


def _request_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not parts[0].isalpha() or not parts[1]:
        raise BadRequest(400, "This is no request line.")
    if parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequest(505, "Only HTTP/1.1 is spoken here.")
    return parts[0], parts[1], parts[2]


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise BadRequest(400, "This is no header line.")
    return name, value.strip(" \t")
