"""Where a fuzzer takes its choices from: Hypothesis, which makes a failure small, or a fast generator with a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Draw(Protocol):
    """A source of choices."""

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""

    def number(self, low: int, high: int) -> int:
        """A whole number; both ends are possible."""

    def octets(self, most: int) -> bytes:
        """Any bytes, so many at most."""


class RandomDraw:
    """Choices of a seeded generator."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)
        self._next = self._random.random

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[int(self._next() * len(options))]

    def number(self, low: int, high: int) -> int:
        """A whole number; both ends are possible."""
        return low + int(self._next() * (high - low + 1))

    def octets(self, most: int) -> bytes:
        """Any bytes, so many at most."""
        return self._random.randbytes(self.number(0, most))


class HypothesisDraw:
    """Choices of Hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return self._data.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        """A whole number; both ends are possible."""
        return self._data.draw(st.integers(low, high))

    def octets(self, most: int) -> bytes:
        """Any bytes, so many at most."""
        return self._data.draw(st.binary(max_size=most))
