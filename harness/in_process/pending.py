"""An answer that an app is still giving."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress

from harness.wire.answer_reader import MAX_BODY, Answer, AnswerLimit, BadAnswer, NoHttp

# What a server says where an app has failed before its answer began.
_FAILED = (500, (("Content-Type", "text/plain; charset=utf-8"),), b"Internal Server Error")
_WITHOUT_BODY = (204, 304)


class Pending:
    """What comes of one request. The app's side calls `start`, `add` and `end`, or `fail`; the other one waits.

    `result` gets the `Answer`, or a `BadAnswer` that says why there is none.
    """

    def __init__(self, method: str) -> None:
        self.result: Future[Answer] = Future()
        self.received = 0
        self._method = method
        self._status: int | None = None
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()

    @property
    def has_begun(self) -> bool:
        """Whether a part of the answer would be on its way, so that it can't be another one any more."""
        return bool(self.received)

    @property
    def is_over(self) -> bool:
        """Whether nobody takes more of it."""
        return self.result.done()

    def start(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """The status and the fields of the answer; again as long as it has not begun."""
        self._status = status
        self._headers = tuple((str(name, "latin-1"), str(value, "latin-1")) for name, value in headers)

    def add(self, data: bytes) -> None:
        """A piece of the body."""
        if self._status is None:
            raise RuntimeError("the app sends a body before it has said the status")
        self.received += len(data)
        self._body += data
        if len(self._body) > MAX_BODY:
            self._set(AnswerLimit(f"the answer {self._status} has a body of more than {MAX_BODY >> 20} MiB"))

    def end(self) -> None:
        """The answer is whole; without a status the app has forgotten to answer, which servers answer with 500."""
        if self._status is None:
            return self.fail()
        body = b"" if self._method == "HEAD" or self._status in _WITHOUT_BODY else bytes(self._body)
        return self._set(Answer(self._status, self._headers, body, b"", False))

    def fail(self) -> None:
        """The app has failed: 500, or, within its answer, an end of the connection."""
        if self.has_begun:
            self._set(NoHttp(f"connection closed (the app failed within its answer {self._status})"))
        else:
            status, headers, body = _FAILED
            self._set(Answer(status, headers, b"" if self._method == "HEAD" else body, b"", False))

    def abandon(self) -> None:
        """Nobody waits for it any more: the client has gone."""
        self._set(NoHttp("connection closed (by the client)"))

    def _set(self, outcome: Answer | BadAnswer) -> None:
        with suppress(InvalidStateError):  # The first one counts.
            if isinstance(outcome, Answer):
                self.result.set_result(outcome)
            else:
                self.result.set_exception(outcome)
