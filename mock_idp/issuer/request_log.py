"""What was fetched from an issuer, in the order of arrival, with a way to wait for more of it.

The log is evidence: "fifty unknown kids, at most three fetches" is an assertion on it. Calls of the control API are
not in it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from threading import Condition

from mock_idp.issuer.memory import Remembered
from mock_idp.tools import clocks

_CORRELATION_HEADERS = ("x-correlation-id", "x-request-id")
# No request of these protocols is longer; what is longer need not be kept whole.
BODY_BYTES = 65_536
# What an entry takes beside its texts.
_ENTRY_BYTES = 1000


@dataclass(slots=True)
class RequestRecord:
    """One fetch. `status` is None until it is answered, and stays None when a fault lets it go without an answer.

    `query`, `headers` and `body` are kept as they came and hold credentials; `as_json` shows none. `script` is the id
    of the stub that answered it. `took_seconds` (from its arrival to the answer), `response_headers` and
    `response_bytes` (the size of the body) are of the answer. `began` is its arrival on a clock that nobody sets,
    `size` what it takes in bytes.
    """

    seq: int
    at: float
    issuer: str
    endpoint: str
    method: str
    path: str
    query: str = field(repr=False)
    headers: Iterable[tuple[str, str]] = field(repr=False)
    status: int | None
    fault: str | None
    request_id: str
    body: bytes = field(default=b"", repr=False)
    script: str | None = None
    took_seconds: float | None = None
    response_headers: Iterable[tuple[str, str]] = field(default=(), repr=False)
    response_bytes: int = 0
    began: float = 0.0
    size: int = 0

    def fields(self) -> dict[str, str]:
        """The request headers by name in lower case, with their credentials."""
        return {name.lower(): value for name, value in self.headers}

    def parameters(self) -> dict[str, str]:
        """The members of the body, with their secrets: of a form, or of a JSON object those that are text."""
        if not self.body:
            return {}
        # Records are read by tests that ask for them; keys are served without.
        from mock_idp.http11.parameters import read_parameters

        return read_parameters(self.fields().get("content-type", ""), self.body)

    def client_id(self) -> str | None:
        """The client that the request names in its query, body or Authorization header, believed or not."""
        from mock_idp.http11.parameters import claimed_client_id, read_query

        given = read_query(self.query) | self.parameters()
        return claimed_client_id(given, self.fields().get("authorization", ""))

    def holds(self, text: str) -> bool:
        """Whether a text stands in the path, the query, a header or the body as they came, secrets or not."""
        heads = "\n".join((self.path, self.query, *(f"{name}: {value}" for name, value in self.headers)))
        return text in heads or text.encode("utf-8", "surrogatepass") in self.body

    def as_json(self) -> dict[str, object]:
        """The record as the control API shows it: without secrets, header names in lower case.

        `credentials` are the names of the headers that are some, sorted.
        """
        from mock_idp.issuer import redaction

        headers = self.fields()
        shown = redaction.redacted_headers(headers)
        correlation_id = next((shown[name] for name in _CORRELATION_HEADERS if name in shown), self.request_id)
        return {
            "seq": self.seq,
            "at": self.at,
            "issuer": self.issuer,
            "endpoint": self.endpoint,
            "method": self.method,
            "path": redaction.redacted_path(self.path, self.endpoint != "other"),
            "query": redaction.redacted_query(self.query),
            "headers": shown,
            "credentials": redaction.credentials(headers),
            "form": redaction.redacted_parameters(self.parameters()),
            "client_id": redaction.redacted_client_id(self.client_id()),
            "status": self.status,
            "fault": self.fault,
            "script": self.script,
            "correlation_id": correlation_id,
        }


RecordFilter = Callable[[RequestRecord], bool]


class RequestLog:
    """The last `size` fetches of one issuer; fewer where the logs of all issuers take more than `memory` has.

    `wall` says when a fetch arrived, `timer` how long its answer took. Safe to use from any number of threads.
    """

    def __init__(
        self,
        issuer: str,
        size: int = 10_000,
        wall: Callable[[], float] = clocks.wall,
        timer: Callable[[], float] = clocks.steady,
        memory: Remembered | None = None,
    ) -> None:
        self._issuer = issuer
        self._size = size
        self._wall = wall
        self._timer = timer
        self._memory = memory
        self._records: deque[RequestRecord] = deque()
        self._changed = Condition()
        self._waiting = 0
        self._last_seq = 0
        self._closed = False

    def record(
        self,
        endpoint: str,
        method: str,
        path: str,
        query: str,
        headers: Iterable[tuple[str, str]],
        status: int | None,
        fault: str | None = None,
        request_id: str = "",
        *,
        body: bytes = b"",
        script: str | None = None,
    ) -> RequestRecord:
        """Write a fetch down as it arrives; `answered` completes it when the status is not known yet."""
        at = self._wall()
        size = _ENTRY_BYTES + len(path) + len(query) + min(len(body), BODY_BYTES) + _length(headers)
        grown = size
        with self._changed:
            self._last_seq += 1
            entry = RequestRecord(
                self._last_seq, at, self._issuer, endpoint, method, path, query, headers, status, fault, request_id
            )
            entry.body, entry.script = body[:BODY_BYTES], script
            entry.began, entry.size = self._timer(), size
            self._records.append(entry)
            while len(self._records) > self._size:
                grown -= self._forget_oldest()
            if self._waiting:
                self._changed.notify_all()
        if self._memory is not None:
            self._memory.changed(self, grown)
        return entry

    def answered(
        self, entry: RequestRecord, status: int, headers: Iterable[tuple[str, str]] = (), size: int = 0
    ) -> None:
        """Complete an entry with the status, the headers and the size of the body (bytes) it was answered with."""
        grown = _length(headers)
        with self._changed:
            entry.status, entry.took_seconds = status, self._timer() - entry.began
            entry.response_headers, entry.response_bytes = headers, size
            # One that is forgotten meanwhile takes nothing.
            grown = grown if entry.size else 0
            entry.size += grown
            if self._waiting:
                self._changed.notify_all()
        if self._memory is not None:
            self._memory.changed(self, grown)

    @property
    def last_seq(self) -> int:
        """The number of the newest entry; 0 before the first. Numbers never go back, not even after `clear`."""
        return self._last_seq

    def records(
        self, since: int = 0, endpoint: str | None = None, wanted: RecordFilter = lambda record: True
    ) -> list[RequestRecord]:
        """The entries after number `since`, oldest first, of one endpoint or (None) of all, that are wanted."""
        with self._changed:
            return self._select(since, endpoint, wanted)

    def wait_until(
        self,
        predicate: Callable[[list[RequestRecord]], bool],
        timeout: float,
        since: int = 0,
        endpoint: str | None = None,
        wanted: RecordFilter = lambda record: True,
    ) -> tuple[bool, list[RequestRecord]]:
        """Wait up to `timeout` seconds until `predicate` holds for the selected entries.

        Returns whether it held, and the entries as they were then. Ends early (False) when the log is closed.
        """
        deadline = clocks.steady() + timeout
        with self._changed:
            self._waiting += 1
            try:
                while True:
                    selected = self._select(since, endpoint, wanted)
                    if predicate(selected):
                        return True, selected
                    left = deadline - clocks.steady()
                    if left <= 0 or self._closed:
                        return False, selected
                    self._changed.wait(left)
            finally:
                self._waiting -= 1

    def clear(self) -> None:
        """Forget all entries; numbering goes on."""
        freed = 0
        with self._changed:
            while self._records:
                freed += self._forget_oldest()
        if self._memory is not None:
            self._memory.changed(self, -freed)

    def forget_oldest(self) -> int:
        """Forget the oldest entry; how many bytes that freed."""
        with self._changed:
            return self._forget_oldest() if self._records else 0

    def _forget_oldest(self) -> int:
        entry = self._records.popleft()
        size, entry.size = entry.size, 0
        return size

    def close(self) -> None:
        """End all waiting at once; used when the issuer is deleted or the server stops."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._memory is not None:
            self._memory.leave(self)

    def _select(self, since: int, endpoint: str | None, wanted: RecordFilter) -> list[RequestRecord]:
        return [
            e for e in self._records if e.seq > since and (endpoint is None or e.endpoint == endpoint) and wanted(e)
        ]


def _length(headers: Iterable[tuple[str, str]]) -> int:
    return sum(map(len, chain.from_iterable(headers)))
