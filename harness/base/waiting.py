"""Waiting for results so that Ctrl-C ends the wait.

A signal that comes after Python's last look for one, and before the wait for a lock, is seen when that wait ends. For a
wait without a time limit that may be never, so these wait a little at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.5


def as_they_end(futures: Iterable[Future[T]]) -> Iterator[Future[T]]:
    """The futures in the order in which they end. Raises KeyboardInterrupt in the main thread."""
    waiting = set(futures)
    while waiting:
        ended, waiting = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        yield from ended


def result_of(future: Future[T]) -> T:
    """The result of a future, once there is one. Raises what it raises, and KeyboardInterrupt in the main thread."""
    return next(as_they_end([future])).result()
