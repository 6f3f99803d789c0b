"""Many requests on one connection, and their answers read as strictly as a client may."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from .vendor_requests import Request

_SECONDS = 120.0


class NoAnswer(Exception):
    """The server ended the connection, or sent what is no HTTP."""


@dataclass(frozen=True)
class Answer:
    """An answer. Names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name; empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")


class Connection:
    """A connection to a server on loopback. Raises OSError when it cannot be made."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)
        self._buffer = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers to requests that are sent at once; fewer when the server closes after one. Raises NoAnswer."""
        # What was answered before the server closed can still be read.
        with suppress(OSError):
            self._socket.sendall(b"".join(request.wire(self.host) for request in requests))
        answers: list[Answer] = []
        for request in requests:
            answer = self._answer(request.method)
            answers.append(answer)
            if answer.header("connection").lower() == "close":
                break
        return answers

    def _answer(self, method: str) -> Answer:
        while True:
            lines = self._head().split("\r\n")
            version, _, rest = lines[0].partition(" ")
            if version != "HTTP/1.1" or not rest[:3].isdigit():
                raise NoAnswer(f"no status line: {lines[0]!r}")
            status = int(rest[:3])
            if status >= 200:
                break
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise NoAnswer(f"no header: {line!r}")
            headers.append((name.lower(), value.strip()))
        answer = Answer(status, tuple(headers), b"")
        if method == "HEAD" or status in (204, 304):
            return answer
        return Answer(status, tuple(headers), self._body(answer))

    def _body(self, answer: Answer) -> bytes:
        if answer.header("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size)
                self._exactly(2)
            self._until(b"\r\n")
            return body
        return self._exactly(int(answer.header("content-length")))

    def _head(self) -> str:
        return self._until(b"\r\n\r\n").decode("latin-1")

    def _until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            self._receive()
        data, _, self._buffer = self._buffer.partition(end)
        return data

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> None:
        try:
            data = self._socket.recv(262_144)
        except OSError as error:
            raise NoAnswer(f"no answer: {error}") from None
        if not data:
            raise NoAnswer("the connection ended without an answer")
        self._buffer += data
