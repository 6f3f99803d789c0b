"""Finding a limit by halving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """The largest size that was accepted (0: none), the smallest that was refused (None: none), and the tries."""

    accepted: int
    refused: int | None
    tries: int


def find_limit(accepts: Callable[[int], bool], first: int, last: int, step: Callable[[int], int]) -> Limit:
    """The limit between `first` and `last`, for an `accepts` that says yes up to it and no beyond.

    Doubles from `first` until one is refused, then halves the gap until it is at most `step(accepted)`.
    """
    accepted, refused, tries = 0, None, 0
    size = first
    while refused is None and accepted < last:
        tries += 1
        if accepts(size):
            accepted, size = size, min(size * 2, last)
        else:
            refused = size
    while refused is not None and refused - accepted > step(accepted):
        size = (accepted + refused) // 2
        tries += 1
        if accepts(size):
            accepted = size
        else:
            refused = size
    return Limit(accepted, refused, tries)
