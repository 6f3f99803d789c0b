"""A limit is found by halving."""

from __future__ import annotations

import pytest

from harness.measure.bisect import Limit, find_limit


@pytest.mark.parametrize("limit", [0, 1, 2, 63, 64, 65, 99, 100])
def test_the_limit_is_found_exactly(limit: int) -> None:
    """With a step of 1, also at both ends."""
    found = find_limit(lambda size: size <= limit, 1, 100, lambda _: 1)
    assert (found.accepted, found.refused) == (limit, None if limit == 100 else limit + 1)


def test_a_coarse_step_ends_earlier() -> None:
    """The largest that was accepted is no further from the limit than the step."""
    asked: list[int] = []

    def accepts(size: int) -> bool:
        asked.append(size)
        return size <= 1000

    found = find_limit(accepts, 16, 65_536, lambda _: 64)
    assert 1000 - 64 < found.accepted <= 1000
    assert found.tries == len(asked) < 14


def test_nothing_is_asked_beyond_the_last() -> None:
    assert find_limit(lambda size: size <= 100, 60, 100, lambda _: 1) == Limit(100, None, 2)
