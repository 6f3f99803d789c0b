"""What came out when an app was judged."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.base.verdicts import EXIT_OK, FAILED, STALE, CellResult, exit_status
from harness.report.summary import print_summary
from harness.shown.terminal import console

_WIDTH = 120


@dataclass(frozen=True)
class Judgement:
    """The result of each cell, in the order in which they were planned.

    Attributes:
        results: one for each cell: `id`, `verdict`, `requirement`, `expected`, `actual`, `reason`, `evidence` ...
        seconds: how long it took.
        strict: whether a broken `should` counts.
    """

    results: Sequence[CellResult]
    seconds: float
    strict: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app keeps every requirement that was tried, and something was tried; as exit status 0 of a run.

        False also where a cell proves nothing (`inconclusive`) or could not be run (`error`).
        """
        return exit_status(list(self.results), strict=self.strict) == EXIT_OK

    @property
    def failed(self) -> list[CellResult]:
        """The cells in which a requirement was broken, known or not listed any more: what a person has to look at."""
        return [
            one
            for one in self.results
            if one.verdict == STALE or (one.verdict == FAILED and (self.strict or one.level != "should"))
        ]

    def summary(self) -> str:
        """The report that a run prints: what did not pass, what to change first, and the table of verdicts."""
        text = io.StringIO()
        print_summary(
            console(file=text, width=_WIDTH, color_system=None), self.results, seconds=self.seconds, hint=False
        )
        return text.getvalue()

    def check(self) -> None:
        """Raise `AssertionError` with the report unless it is `ok`."""
        if not self.ok:
            raise AssertionError(self.summary())

    def records(self) -> list[dict[str, Any]]:
        """The lines of `results.jsonl`, which `idp-harness compare` and `report` read."""
        return [one.record() for one in self.results]
