"""How many may wait at once, so that those who wait leave room for those who do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from mock_idp.errors import MockIdpError

MAX_HELD = 1000
"""Requests that faults and scripts may hold up at once, of all issuers together."""
MAX_WAITS = 250
"""Calls of the control API that may wait for requests at once."""


class Places:
    """A number of places. Safe to use from any number of threads."""

    def __init__(self, most: int, what: str) -> None:
        """In: what may wait here, as the sentence of a refusal says it."""
        self._most = most
        self._what = what
        self._taken = 0
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take a place for the length of the block. Raises MockIdpError 503 when there is none."""
        with self._lock:
            if self._taken >= self._most:
                sentence = f"At most {self._most} {self._what} at once; ask again when some have ended."
                raise MockIdpError(503, "too_many_waiting", sentence)
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1
