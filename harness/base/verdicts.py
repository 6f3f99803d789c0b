"""What can come out of a cell, and the record that every report is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.shown.foreign_text import FitToShow, one_line

PASSED = "passed"
FAILED = "failed"  # the service broke the requirement
ERROR = "error"  # the harness, the IdP or the environment could not do its part
SKIPPED = "skipped"  # the target lacks a capability, with the reason
INCONCLUSIVE = "inconclusive"  # the control failed, or the machine was too busy: the case proves nothing
UNDECLARED = "undeclared"  # the profile doesn't state the policy the case depends on
FINDING = "finding"  # failed, and listed in the target's expected findings
STALE = "stale"  # passed, although listed: the list is out of date

# The name in a result's evidence of who had to wait for a processor, in words; it is there when somebody had to.
HELD_UP = "held_up"

VERDICTS = (PASSED, FINDING, FAILED, STALE, INCONCLUSIVE, ERROR, UNDECLARED, SKIPPED)

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_COULD_NOT_RUN = 0, 1, 2, 3


class Deviation(Exception):
    """The service did something else than required: what was expected, and what came, each as one line."""

    def __init__(self, expected: str, actual: str) -> None:
        self.expected, self.actual = one_line(expected), one_line(actual)
        super().__init__(f"expected {self.expected}; got {self.actual}")


class Inconclusive(Exception):
    """The case can't prove anything, because its positive control failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(one_line(reason))


class NotPossible(Exception):
    """The case can't be run here, as it takes what nobody has: it is skipped, with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(one_line(reason))


class SetUpFailed(Inconclusive):
    """The case can't prove anything, because a step that only sets it up didn't get what it expects."""


@contextmanager
def judging(sets_up: bool) -> Iterator[None]:
    """What a step that only sets up the case doesn't get says nothing about the requirement."""
    try:
        yield
    except Deviation as deviation:
        if not sets_up:
            raise
        raise SetUpFailed(f"the set-up failed: expected {deviation.expected}; got {deviation.actual}") from deviation


@dataclass
class CellResult(FitToShow):
    """One line of results.jsonl. `duration_s` is seconds; `evidence` the exchanges and what was counted."""

    id: str
    scenario: str
    title: str
    variant: str
    style: str
    target: str
    config: dict[str, Any]
    verdict: str
    level: str
    severity: str
    requirement: str
    expected: str = ""
    actual: str = ""
    reason: str = ""
    duration_s: float = 0.0
    evidence: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return asdict(self)


def counts_as_failed(result: CellResult, *, strict: bool) -> bool:
    """Whether a cell alone lets the run end with exit status 1: a broken SHOULD does only when `strict`."""
    return result.verdict == STALE or (result.verdict == FAILED and (strict or result.level != "should"))


def was_judged(results: Iterable[CellResult]) -> bool:
    """Whether something was said of the service: a cell that is skipped or undeclared says nothing."""
    return any(result.verdict not in (SKIPPED, UNDECLARED) for result in results)


def exit_status(results: list[CellResult], *, strict: bool) -> int:
    """The exit status of a run. A failed SHOULD counts only when `strict`; nothing selected is a usage error.

    A run in which no cell was judged says nothing of the service: it could not be done.
    """
    if not results:
        return EXIT_USAGE
    verdicts = {result.verdict for result in results}
    if any(counts_as_failed(result, strict=strict) for result in results):
        return EXIT_FAILED
    if verdicts & {ERROR, INCONCLUSIVE} or not was_judged(results):
        return EXIT_COULD_NOT_RUN
    return EXIT_OK
