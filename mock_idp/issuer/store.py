"""A bounded place for things that are handed out and come back: codes, refresh tokens, sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_ENTRIES = 10_000


def digest(secret: str) -> str:
    """What a secret is filed under, so that what is kept is not what was handed out."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Store(Generic[T]):
    """Values under keys, each until a time in unix seconds. Over `MAX_ENTRIES` the oldest are forgotten.

    Safe to use from any number of threads. An expired value is not there.
    """

    def __init__(self, size: int = MAX_ENTRIES) -> None:
        self._size = size
        self._values: dict[str, tuple[T, float]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: str, value: T, until: float) -> None:
        """Keep a value, in place of the one under this key."""
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = (value, until)
            while len(self._values) > self._size:
                del self._values[next(iter(self._values))]

    def put_new(self, key: str, value: T, until: float, now: float) -> bool:
        """Keep a value unless there is one; whether it was kept."""
        with self._lock:
            there = self._values.get(key)
            if there is not None and there[1] > now:
                return False
            self._values.pop(key, None)
            self._values[key] = (value, until)
            while len(self._values) > self._size:
                del self._values[next(iter(self._values))]
        return True

    def get(self, key: str, now: float) -> T | None:
        """The value under a key."""
        there = self._values.get(key)
        return there[0] if there is not None and there[1] > now else None

    def take(self, key: str, now: float) -> T | None:
        """The value under a key, which is gone then: of two who take it at once, one gets it."""
        with self._lock:
            there = self._values.pop(key, None)
        return there[0] if there is not None and there[1] > now else None

    def __iter__(self) -> Iterator[T]:
        """All values, also expired ones, oldest first."""
        with self._lock:
            return iter([value for value, _ in self._values.values()])
