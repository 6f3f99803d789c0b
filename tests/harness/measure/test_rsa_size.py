"""The smallest RSA key that is accepted, where not every size can be tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from harness.base.errors import TargetError
from harness.measure.finding import AT_MOST, Finding
from harness.measure.lab import Lab
from harness.measure.rsa_size import run


class RefusingLab:
    """One whose services start with keys of `from_bits` and more only, and then accept their tokens."""

    def __init__(self, from_bits: int) -> None:
        self._from = from_bits

    def side_by_side(self, work: Callable[[int], str], sizes: Sequence[int]) -> list[str]:
        return [work(bits) for bits in sizes]

    @contextmanager
    def trial(self) -> Iterator[Any]:
        published: list[int] = []

        def add_key(_: str, *, bits: int, **__: str) -> str:
            published.append(bits)
            return "kid"

        def start() -> None:
            if published[-1] < self._from:
                raise TargetError("the service did not answer GET /health")

        session = SimpleNamespace(add_key=add_key)
        yield SimpleNamespace(session=session, token=lambda **_: "token", start=start, accepted_soon=lambda _: True)


def test_a_service_that_does_not_start_with_a_small_key_leaves_a_bound() -> None:
    """Nobody knows whether it was the key; the sizes that it starts with are known all the same."""
    reading = run(cast(Lab, RefusingLab(1024)))["minimum-rsa-bits"]
    assert isinstance(reading, Finding)
    assert (reading.value, reading.bound) == (1024, AT_MOST)
