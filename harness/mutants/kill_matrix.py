"""What a mutant run found, as one object: the JSON document, and the exit status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.base import verdicts
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK, CellResult
from harness.grammar.model import Scenario
from harness.mutants.mutant_run import AS_EXPECTED, STALE, SURVIVED, MutantResult

# What a cell of the unmutated reference may be; anything else is a false alarm, or proves nothing.
_GOOD = (verdicts.PASSED, verdicts.SKIPPED, verdicts.UNDECLARED)
_UNJUDGED = (verdicts.ERROR, verdicts.INCONCLUSIVE)


@dataclass(frozen=True)
class ScenarioRow:
    """What a scenario is for: `kills` as its file says, `killed` the faults that it caught in this run.

    `cells` counts those that the reference can be asked, with any fault or none.
    """

    id: str
    kills: list[str]
    killed: list[str]
    positive_control: bool
    cells: int


@dataclass(frozen=True)
class KillMatrix:
    """The results of a run. `baseline` are the cells of the unmutated reference, None when they were left out.

    `expected` is how many faults were to be judged, `all_kills` whether each scenario had its turn on each fault,
    `left_out` how many cells of the baseline differ from one that was run in the vendor's style alone.
    """

    mutants: Sequence[MutantResult]
    baseline: Sequence[CellResult] | None
    scenarios: Sequence[ScenarioRow]
    expected: int
    all_kills: bool
    left_out: int = 0

    def of_verdict(self, verdict: str) -> list[MutantResult]:
        return [one for one in self.mutants if one.verdict == verdict]

    def as_expected(self) -> int:
        """How many were killed, or survived as the data say."""
        return sum(one.verdict in AS_EXPECTED for one in self.mutants)

    def false_alarms(self) -> list[CellResult]:
        """The cells that the unmutated reference did not pass."""
        return [one for one in self.baseline or () if one.verdict not in _GOOD]

    def idle(self) -> list[ScenarioRow]:
        """With `all_kills`: the scenarios that name a fault of this run, or one that doesn't exist, and caught none."""
        return [one for one in self.scenarios if one.kills and not one.killed] if self.all_kills else []

    def exit_status(self) -> int:
        """1 when a fault survived, or an equivalent one didn't, the reference failed anything or a scenario is idle; 3
        when not all was judged."""
        alarms = self.false_alarms()
        if (
            self.of_verdict(SURVIVED)
            or self.of_verdict(STALE)
            or self.idle()
            or any(one.verdict not in _UNJUDGED for one in alarms)
        ):
            return EXIT_FAILED
        complete = len(self.mutants) == self.expected and not alarms
        return EXIT_OK if complete and self.as_expected() == self.expected else EXIT_COULD_NOT_RUN

    def document(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """The matrix for machines; `docs/mutants.md` describes it."""
        return {
            "meta": {**meta, "all_kills": self.all_kills, "exit_status": self.exit_status()},
            "baseline": None if self.baseline is None else self._baseline(self.baseline),
            "mutants": [one.record() for one in self.mutants],
            "scenarios": [asdict(one) for one in self.scenarios],
        }

    def _baseline(self, cells: Sequence[CellResult]) -> dict[str, Any]:
        kept = ("id", "verdict", "requirement", "expected", "actual", "reason")
        return {
            "cells": len(cells),
            "left_out": self.left_out,
            "verdicts": dict(sorted(Counter(one.verdict for one in cells).items())),
            "failed": [{name: getattr(one, name) for name in kept} for one in self.false_alarms()],
        }


def scenario_rows(
    scenarios: Sequence[Scenario], mutants: Sequence[MutantResult], runnable: Mapping[str, int], selected: Sequence[str]
) -> list[ScenarioRow]:
    """A row for each scenario that has to do with the run: all, or those that name one of the `selected` faults.

    `runnable` is how many cells of a scenario, by its id, can be run on the reference.
    """
    killed: dict[str, list[str]] = {}
    for mutant in mutants:
        for scenario in {killer.partition("[")[0] for killer in mutant.killers}:
            killed.setdefault(scenario, []).append(mutant.mutant)
    return [
        ScenarioRow(
            one.id, list(one.kills), sorted(killed.get(one.id, ())), one.positive_control, runnable.get(one.id, 0)
        )
        for one in scenarios
        if not selected or one.id in killed or set(one.kills) & set(selected)
    ]
