"""HTTP as it goes over the wire: exact paths and header bytes, one answer or the lack of one, nothing tidied up.

Clients made for applications normalise paths, follow redirects and refuse odd headers. A verifier must be
asked exactly what the scenario says, and what it answers has limits: nobody trusts it yet.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass
from typing import Any

from harness.shown.foreign_text import LINE, ForeignText, foreign
from harness.wire.answer_reader import MAX_BODY, Answer, AnswerLimit, NoHttp, read_answer
from harness.wire.grpc_status import HTTP_STATUS, code_numbered
from harness.wire.request_writer import ServiceAddress
from harness.wire.timed_socket import Deadline, TimedSocket

ANSWER_SECONDS = 10.0

Header = tuple[str, str | bytes]


@dataclass(frozen=True)
class Request:
    """What is sent. `path` goes out exactly as it stands; `token_spec` says how its token was made, for reports.

    `raw` are the bytes that were written to a socket instead; method and path then only say what was meant. `proof` is
    what the request proves itself with: "token" for a token where the service looks for one, "" for nothing, None for
    anything else. With `grpc` it is a call over gRPC: `path` is the method, `headers` the metadata, `body` the message.
    """

    method: str
    path: str
    headers: tuple[Header, ...] = ()
    body: bytes | None = None
    token_spec: Any = None
    raw: bytes | None = None
    proof: str | None = None
    grpc: bool = False

    @property
    def says_grpc(self) -> bool:
        """Whether its body is said to be a message of gRPC, also where it goes out as plain HTTP."""
        return (self.header("Content-Type") or "").startswith("application/grpc")

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((_text(value) for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True)
class Exchange:
    """A request and what came back. `status` is None when no answer came; then `problem` says why.

    `at` is unix seconds when it was sent, `seconds` the time until the answer was complete. `limit` says that an
    answer came and is larger than what is read: the problem is then the harness's, and no verdict on the service.
    Of a call over gRPC `status` is the HTTP status that stands for its code (`harness.wire.grpc_status`); the code
    itself and what is said to it are the headers `grpc-status` and `grpc-message`, the first message is the body. So it
    is where plain HTTP that says it is gRPC is answered with 200 and such a header.
    """

    request: Request
    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    problem: str = ""
    at: float = 0.0
    seconds: float = 0.0
    limit: bool = False

    @property
    def late(self) -> bool:
        """Whether the whole answer was not there in time."""
        return self.status is None and self.problem.startswith("no ")

    @property
    def closed(self) -> bool:
        """Whether the service closed the connection instead of answering, or answered what is no HTTP."""
        return self.status is None and not self.limit and not self.late

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def text(self, limit: int = 2 * LINE) -> ForeignText:
        """The body, to be shown; without the end of its last line."""
        return ForeignText(self.body.rstrip(b"\r\n"), limit)

    def judged_text(self, limit: int) -> str:
        """The body as it came, to be judged: so many characters of it."""
        text = ForeignText(self.body[: limit * 4]).as_it_came
        return text if len(text) <= limit else text[:limit] + "…"

    def summary(self) -> str:
        """What came back, in one line that can be shown."""
        if self.status is None:
            return self.problem
        if self.request.grpc or (self.request.says_grpc and self.header("grpc-status")):
            return f"{self.header('grpc-status')} {foreign(self.header('grpc-message') or '')}".strip()
        reason = http.client.responses.get(self.status, "")
        return f"{self.status} {reason} {self.text(LINE)}".strip()


class Watch:
    """The time of one exchange: makes its `Exchange`, whatever comes of it."""

    def __init__(self, request: Request, seconds: float, ended: threading.Event | None) -> None:
        self.deadline = Deadline(seconds, ended)
        self.received = 0
        self._request, self._at, self._started = request, time.time(), time.perf_counter()

    def receive(self, connection: TimedSocket) -> bytes:
        """What comes next on the connection; see `TimedSocket.receive`."""
        data = connection.receive(self.deadline)
        self.received += len(data)
        return data

    def answered(self, answer: Answer) -> Exchange:
        """What came. What is said to be gRPC may be refused in its form, with 200 and a code: then that counts."""
        status = answer.status
        if self._request.says_grpc and status == http.client.OK:
            code = next((value for name, value in answer.headers if name.lower() == "grpc-status"), "")
            status = HTTP_STATUS[code_numbered(code) or "OK"]
        return self._exchange(status=status, headers=answer.headers, body=answer.body)

    def called(self, status: int, headers: tuple[tuple[str, str], ...], message: bytes) -> Exchange:
        """What came of a call over gRPC."""
        return self._exchange(status=status, headers=headers, body=message)

    def failed(self, problem: Exception) -> Exchange:
        """The exchange that `problem` ended: an error of `TimedSocket` or of `read_answer`."""
        if isinstance(problem, AnswerLimit):
            return self._exchange(problem=str(problem), limit=True)
        if isinstance(problem, TimeoutError):
            within = f"within {self.deadline.seconds:g} s"
            if not self.received:
                return self._exchange(problem=f"no answer {within}")
            return self._exchange(problem=f"no whole answer {within}, but {self.received} bytes of one")
        if isinstance(problem, NoHttp):
            return self._exchange(problem=str(problem))
        why = getattr(problem, "strerror", None)
        said = f"{type(problem).__name__}: {foreign(why)}" if why else type(problem).__name__
        return self._exchange(problem=f"connection closed ({said})")

    def _exchange(self, *, status: int | None = None, **more: Any) -> Exchange:
        return Exchange(self._request, status, at=self._at, seconds=time.perf_counter() - self._started, **more)


class Connection:
    """A keep-alive connection to one base URL; used by one thread at a time.

    `send` opens it again when the service has closed it while it was idle, or has sent what nobody asked for. When
    `ended` is set no wait goes on. `max_body` is the most bytes that are read of a body. `ca_file` has authorities that
    are trusted beside the system's. Raises `HarnessError` when `base_url` is no http:// or https:// URL.
    """

    def __init__(
        self,
        base_url: str,
        *,
        ended: threading.Event | None = None,
        max_body: int = MAX_BODY,
        ca_file: str | None = None,
    ) -> None:
        self._address = ServiceAddress(base_url, ca_file)
        self._ended, self._max_body = ended, max_body
        self._connection: TimedSocket | None = None

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        """Send `request` and wait at most `answer_seconds` for the whole answer.

        Never raises for what comes back. `same=True` insists on the connection that is open already.
        Raises `HarnessError` for a request that can't be written as HTTP, such as a header with a line break, and
        when the run is ended.
        """
        data = self._address.written(request.method, request.path, request.headers, request.body)
        watch = Watch(request, answer_seconds, self._ended)
        if self._connection is not None and not same and not self._connection.is_quiet():
            self.close()
        while True:
            fresh = self._connection is None
            try:
                return watch.answered(self._exchange(data, request.method, watch))
            except (AnswerLimit, NoHttp, OSError) as problem:
                self.close()
                # A connection that was idle may have been closed for that, just now.
                if fresh or same or watch.received or isinstance(problem, TimeoutError):
                    return watch.failed(problem)

    def _exchange(self, data: bytes, method: str, watch: Watch) -> Answer:
        if self._connection is None:
            self._connection = self._address.connect(watch.deadline)
        connection = self._connection
        connection.send(data, watch.deadline)
        answer = read_answer(lambda: watch.receive(connection), method, max_body=self._max_body)
        if answer.is_last or answer.rest:
            self.close()
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _text(value: str | bytes) -> str:
    return str(ForeignText(value, len(value) * 4)) if isinstance(value, bytes) else value
