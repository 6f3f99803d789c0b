"""How much goes on at once in a process, whoever asks for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FairSemaphore:
    """`size` places for threads that need several each; they get them in the order in which they asked."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def take(self, places: int) -> Iterator[None]:
        """Wait for so many places (all, when there are fewer) and hold them.

        Whoever holds places must not ask for more.
        """
        places, ticket = min(places, self._size), object()
        with self._changed:
            self._queue.append(ticket)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._queue[0] is ticket and self._free >= places)
            self._queue.popleft()
            self._free -= places
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += places
                self._changed.notify_all()
