"""Bytes on a socket, as no HTTP client would send them, and the answers that come back."""

from __future__ import annotations

import threading

from harness.wire.answer_reader import AnswerLimit, NoHttp, read_answer
from harness.wire.exchange import Exchange, Request, Watch
from harness.wire.request_writer import ServiceAddress
from harness.wire.timed_socket import Deadline


class RawConnection:
    """A fresh connection to a base URL; close it when done. `seconds` is how long each thing may take.

    When `ended` is set no wait goes on. Raises `OSError` when the service doesn't take the connection.
    """

    def __init__(self, base_url: str, seconds: float, ended: threading.Event | None = None) -> None:
        self._seconds, self._ended = seconds, ended
        self._connection = ServiceAddress(base_url).connect(Deadline(seconds, ended))
        self._begun = b""

    def send(self, data: bytes) -> str:
        """Send all of it; returns what went wrong when the service closed the connection meanwhile, else ""."""
        try:
            self._connection.send(data, Deadline(self._seconds, self._ended))
        except OSError as error:
            return f"connection closed ({type(error).__name__})"
        return ""

    def answer(self, request: Request) -> Exchange:
        """The next answer on the connection; one without a status when none came."""
        watch = Watch(request, self._seconds, self._ended)
        try:
            answer = read_answer(lambda: watch.receive(self._connection), request.method, self._begun)
        except (AnswerLimit, NoHttp, OSError) as problem:
            return watch.failed(problem)
        self._begun = answer.rest
        return watch.answered(answer)

    def close(self) -> None:
        self._connection.close()
