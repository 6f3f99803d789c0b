"""A bounded place for things that are handed out and come back: codes, refresh tokens, sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from threading import Lock
from typing import Generic, TypeVar

from mock_idp.issuer.memory import Remembered, size_of

T = TypeVar("T")

MAX_ENTRIES = 10_000


def digest(secret: str) -> str:
    """What a secret is filed under, so that what is kept is not what was handed out."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Store(Generic[T]):
    """Values under keys, each until a time in unix seconds. Over `MAX_ENTRIES` the oldest are forgotten, and where the
    stores of all issuers take more than `memory` has.

    Safe to use from any number of threads. An expired value is not there.
    """

    def __init__(self, size: int | None = None, memory: Remembered | None = None) -> None:
        self._size = MAX_ENTRIES if size is None else size
        self._values: dict[str, tuple[T, float, int]] = {}
        self._lock = Lock()
        self._memory = memory
        if memory is not None:
            memory.join(self)

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: str, value: T, until: float) -> None:
        """Keep a value, in place of the one under this key."""
        with self._lock:
            grown = self._keep(key, value, until)
        self._changed(grown)

    def put_new(self, key: str, value: T, until: float, now: float) -> bool:
        """Keep a value unless there is one; whether it was kept."""
        with self._lock:
            there = self._values.get(key)
            if there is not None and there[1] > now:
                return False
            grown = self._keep(key, value, until)
        self._changed(grown)
        return True

    def get(self, key: str, now: float) -> T | None:
        """The value under a key."""
        there = self._values.get(key)
        return there[0] if there is not None and there[1] > now else None

    def take(self, key: str, now: float) -> T | None:
        """The value under a key, which is gone then: of two who take it at once, one gets it."""
        with self._lock:
            there = self._values.pop(key, None)
        if there is None:
            return None
        self._changed(-there[2])
        return there[0] if there[1] > now else None

    def __iter__(self) -> Iterator[T]:
        """All values, also expired ones, oldest first."""
        with self._lock:
            return iter([value for value, _, _ in self._values.values()])

    def forget_oldest(self) -> int:
        """Forget the oldest value; how many bytes that freed."""
        with self._lock:
            return self._forget_oldest() if self._values else 0

    def leave(self) -> None:
        """Take no part in what all issuers remember any more."""
        if self._memory is not None:
            self._memory.leave(self)

    def _keep(self, key: str, value: T, until: float) -> int:
        """By how many bytes the store grows."""
        before, size = self._values.pop(key, None), size_of(value) + size_of(key)
        self._values[key] = (value, until, size)
        grown = size - (before[2] if before is not None else 0)
        while len(self._values) > self._size:
            grown -= self._forget_oldest()
        return grown

    def _forget_oldest(self) -> int:
        return self._values.pop(next(iter(self._values)))[2]

    def _changed(self, by: int) -> None:
        if self._memory is not None:
            self._memory.changed(self, by)
