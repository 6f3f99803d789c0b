"""Bytes on a socket, as no HTTP client would send them, and the answers that come back."""

from __future__ import annotations

import http.client
import socket
import time
from typing import Any, cast
from urllib.parse import urlsplit

from harness.wire import MAX_BODY, Exchange, Request


class RawConnection:
    """A fresh TCP connection to an http base URL; close it when done.

    Raises `OSError` when the service doesn't take the connection.
    """

    def __init__(self, base_url: str, seconds: float) -> None:
        parts = urlsplit(base_url)
        self._seconds = seconds
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)
        self._reader = _SharedReader(self._socket)

    def send(self, data: bytes) -> str:
        """Send all of it; returns what went wrong when the service closed the connection meanwhile, else ""."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            return f"connection closed ({type(error).__name__})"
        return ""

    def answer(self, request: Request) -> Exchange:
        """The next answer on the connection; one without a status when none came."""
        at, started = time.time(), time.perf_counter()

        def without(problem: str) -> Exchange:
            return Exchange(request, None, problem=problem, at=at, seconds=time.perf_counter() - started)

        # HTTPResponse asks for nothing but `makefile`; answers in a row have to share one buffer.
        response = http.client.HTTPResponse(cast(Any, self._reader), method=request.method)
        try:
            response.begin()
            body = response.read(MAX_BODY)
        except TimeoutError:
            return without(f"no answer within {self._seconds:g} s")
        except (OSError, http.client.HTTPException) as error:
            return without(f"connection closed ({type(error).__name__})")
        seconds = time.perf_counter() - started
        return Exchange(request, response.status, tuple(response.getheaders()), body, at=at, seconds=seconds)

    def close(self) -> None:
        self._reader.file.close()
        self._socket.close()


class _SharedReader:
    """What `http.client` takes for a socket: every response reads from the same file, and closes nothing."""

    def __init__(self, connection: socket.socket) -> None:
        self.file = connection.makefile("rb")

    def makefile(self, *_: object) -> _SharedReader:
        return self

    def readline(self, limit: int = -1) -> bytes:
        return self.file.readline(limit)

    def read(self, amount: int = -1) -> bytes:
        return self.file.read(amount)

    def read1(self, amount: int = -1) -> bytes:
        return self.file.read1(amount)

    def readinto(self, buffer: bytearray) -> int:
        return self.file.readinto(buffer)

    def flush(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """The connection may hold more answers."""
