"""What was fetched from an issuer, in the order of arrival, with a way to wait for more of it.

The log is evidence: "fifty unknown kids, at most three fetches" is an assertion on it. Calls of the control API are
not in it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Condition

ENDPOINTS = ("jwks", "discovery", "token", "other")

# A credential in a log is a leak, also in a log of made-up credentials: people paste logs into issues.
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "x-mock-control-token"})
_CORRELATION_HEADERS = ("x-correlation-id", "x-request-id")


@dataclass(slots=True)
class RequestRecord:
    """One fetch. `status` is None until it is answered, and stays None when a fault lets it go without an answer."""

    seq: int
    at: float
    issuer: str
    endpoint: str
    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]
    status: int | None
    fault: str | None
    request_id: str

    def as_json(self) -> dict[str, object]:
        """The record as the control API shows it: secrets in headers redacted, header names in lower case.

        `credentials` are the names of the redacted ones, sorted.
        """
        headers = {name.lower(): value for name, value in self.headers}
        correlation_id = next((headers[name] for name in _CORRELATION_HEADERS if name in headers), self.request_id)
        return {
            "seq": self.seq,
            "at": self.at,
            "issuer": self.issuer,
            "endpoint": self.endpoint,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": _redacted(headers),
            "credentials": sorted(_SECRET_HEADERS & headers.keys()),
            "status": self.status,
            "fault": self.fault,
            "correlation_id": correlation_id,
        }


class RequestLog:
    """The last `size` fetches of one issuer. Safe to use from any number of threads."""

    def __init__(self, issuer: str, size: int = 10_000, wall: Callable[[], float] = time.time) -> None:
        self._issuer = issuer
        self._wall = wall
        self._records: deque[RequestRecord] = deque(maxlen=size)
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
    ) -> RequestRecord:
        """Write a fetch down as it arrives; `answered` completes it when the status is not known yet."""
        at = self._wall()
        with self._changed:
            self._last_seq += 1
            entry = RequestRecord(
                self._last_seq, at, self._issuer, endpoint, method, path, query, headers, status, fault, request_id
            )
            self._records.append(entry)
            if self._waiting:
                self._changed.notify_all()
        return entry

    def answered(self, entry: RequestRecord, status: int) -> None:
        """Complete an entry with the status it was answered with."""
        with self._changed:
            entry.status = status
            self._changed.notify_all()

    @property
    def last_seq(self) -> int:
        """The number of the newest entry; 0 before the first. Numbers never go back, not even after `clear`."""
        return self._last_seq

    def records(self, since: int = 0, endpoint: str | None = None) -> list[RequestRecord]:
        """The entries after number `since`, oldest first, of one endpoint or (None) of all."""
        with self._changed:
            return self._select(since, endpoint)

    def wait_until(
        self,
        predicate: Callable[[list[RequestRecord]], bool],
        timeout: float,
        since: int = 0,
        endpoint: str | None = None,
    ) -> tuple[bool, list[RequestRecord]]:
        """Wait up to `timeout` seconds until `predicate` holds for the selected entries.

        Returns whether it held, and the entries as they were then. Ends early (False) when the log is closed.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._waiting += 1
            try:
                while True:
                    selected = self._select(since, endpoint)
                    if predicate(selected):
                        return True, selected
                    left = deadline - time.monotonic()
                    if left <= 0 or self._closed:
                        return False, selected
                    self._changed.wait(left)
            finally:
                self._waiting -= 1

    def clear(self) -> None:
        """Forget all entries; numbering goes on."""
        with self._changed:
            self._records.clear()

    def close(self) -> None:
        """End all waiting at once; used when the issuer is deleted or the server stops."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _select(self, since: int, endpoint: str | None) -> list[RequestRecord]:
        return [e for e in self._records if e.seq > since and (endpoint is None or e.endpoint == endpoint)]


def _redacted(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "(redacted)" if name in _SECRET_HEADERS else value for name, value in headers.items()}
