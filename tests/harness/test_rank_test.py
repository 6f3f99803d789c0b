"""The rank test says what a table of the test says, and tells a shifted sample from an equal one."""

from __future__ import annotations

import random

import pytest

from harness.steps.rank_test import first_is_larger, two_sided_p


def test_a_known_example_has_its_known_p() -> None:
    """Two samples of ten without ties: U = 23.5 with continuity gives z = 2.003 against the normal distribution."""
    first = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    second = [one + 3.5 for one in first]
    # U of the first: pairs in which it is the larger one: 1+2+...+6 = 21; z = (29 - 0.5) / sqrt(175) = 2.154.
    assert two_sided_p(first, second) == pytest.approx(0.0312, abs=0.0002)
    assert not first_is_larger(first, second)


def test_equal_samples_show_nothing() -> None:
    assert two_sided_p([1.0] * 30, [1.0] * 30) == 1.0


def test_samples_of_one_source_are_hardly_ever_told_apart() -> None:
    source = random.Random(5)
    found = sum(
        two_sided_p([source.gauss(0, 1) for _ in range(60)], [source.gauss(0, 1) for _ in range(60)]) < 0.01
        for _ in range(200)
    )
    assert found <= 8


@pytest.mark.parametrize("shift", [1.0, -1.0])
def test_a_shift_is_found_with_its_direction(shift: float) -> None:
    source = random.Random(7)
    first = [source.gauss(shift, 1) for _ in range(100)]
    second = [source.gauss(0, 1) for _ in range(100)]
    assert two_sided_p(first, second) < 0.001
    assert first_is_larger(first, second) == (shift > 0)


def test_ties_count_half() -> None:
    assert not first_is_larger([1.0, 2.0], [1.0, 2.0])
