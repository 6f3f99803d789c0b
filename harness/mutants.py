"""The proof that the scenarios can fail: each fault of the reference service is caught by a scenario that names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.environment import Options
from harness.model import Cell, Scenario
from harness.plan import plan
from harness.profile import Profile
from harness.target_runs import TargetRuns
from harness.verdicts import FAILED

KILLED, SURVIVED, UNNAMED = "killed", "survived", "unnamed"


@dataclass
class MutantResult:
    """What happened to one fault. `killers` are the ids of the cells that failed, in the order they ran."""

    id: str
    sentence: str
    verdict: str
    killers: list[str] = field(default_factory=list)
    ran: int = 0
    duration_s: float = 0.0
    others: dict[str, int] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return {
            "mutant": self.id,
            "sentence": self.sentence,
            "verdict": self.verdict,
            "killers": self.killers,
            "cells_run": self.ran,
            "duration_s": self.duration_s,
            "other_verdicts": self.others,
        }


def named_mutants(scenarios: Iterable[Scenario], faults: Iterable[str]) -> list[str]:
    """The faults that at least one scenario says it catches."""
    named = {mutant for scenario in scenarios for mutant in scenario.kills}
    return sorted(named & set(faults))


def cells_that_name(mutant: str, scenarios: Iterable[Scenario], profile: Profile) -> list[Cell]:
    """The cells of the scenarios that say they catch the fault, the quickest way to a kill first.

    One style suffices at first: the other styles follow, in case a fault shows in one vendor's shape only.
    """
    named = [scenario for scenario in scenarios if mutant in scenario.kills]
    cells = [one.cell for one in plan(named, profile, "reference") if not one.verdict]
    first_style = {cell.scenario.id: cell.style for cell in reversed(cells)}
    return sorted(cells, key=lambda cell: (cell.style != first_style[cell.scenario.id], cell.scenario.timed))


def run_mutant(
    mutant: str, sentence: str, cells: Sequence[Cell], runs: TargetRuns, options: Options, *, all_kills: bool
) -> MutantResult:
    """Run the cells on the reference with the fault switched on, until one fails (or all, with `all_kills`)."""
    result = MutantResult(mutant, sentence, SURVIVED if cells else UNNAMED)
    options = replace(options, target="reference", faults=(mutant,))
    sessions = runs.of(options).sessions
    try:
        for number, cell in enumerate(cells):
            alike = cell.style, cell.scenario.timed
            sessions.begin(c for c in cells[number:] if (c.style, c.scenario.timed) == alike)
            outcome = sessions.run(cell)
            result.ran += 1
            if outcome.verdict == FAILED:
                result.verdict = KILLED
                result.killers.append(outcome.id)
                if not all_kills:
                    break
            else:
                result.others[outcome.verdict] = result.others.get(outcome.verdict, 0) + 1
    finally:
        runs.end(options)
    return result
