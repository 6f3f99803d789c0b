"""The exit status of a run, for every mixture of verdicts."""

from __future__ import annotations

import pytest

from harness.base.verdicts import (
    ERROR,
    FAILED,
    FINDING,
    INCONCLUSIVE,
    PASSED,
    SKIPPED,
    STALE,
    UNDECLARED,
    VERDICTS,
    CellResult,
    exit_status,
)


def result(verdict: str, level: str = "must") -> CellResult:
    return CellResult("id", "s", "t", "", "okta", "thing", {}, verdict, level, "high", "r")


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ((), 2),
        ((PASSED,), 0),
        ((PASSED, FINDING, SKIPPED, UNDECLARED), 0),
        ((SKIPPED,), 3),
        ((SKIPPED, UNDECLARED, UNDECLARED), 3),
        ((PASSED, FAILED), 1),
        ((PASSED, STALE), 1),
        ((PASSED, INCONCLUSIVE), 3),
        ((PASSED, ERROR), 3),
        ((ERROR, FAILED), 1),
        ((INCONCLUSIVE, STALE), 1),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_the_exit_status(verdicts: tuple[str, ...], status: int, strict: bool) -> None:
    """A broken requirement weighs more than what could not be judged; nothing selected is a usage error.

    Where no cell was judged nothing is known.
    """
    assert exit_status([result(verdict) for verdict in verdicts], strict=strict) == status


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_a_broken_should_counts_only_when_strict(strict: bool, status: int) -> None:
    assert exit_status([result(PASSED), result(FAILED, "should")], strict=strict) == status


@pytest.mark.parametrize("level", ["must", "policy"])
def test_a_broken_must_or_policy_always_counts(level: str) -> None:
    assert exit_status([result(FAILED, level)], strict=False) == 1


def test_a_stale_should_is_red() -> None:
    assert exit_status([result(STALE, "should")], strict=False) == 1


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_record_is_read_back_as_it_was(verdict: str) -> None:
    one = result(verdict)
    assert CellResult(**one.record()) == one
