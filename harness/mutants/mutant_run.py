"""The proof that the scenarios can fail: each fault of the reference service is caught by a scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, CellResult
from harness.grammar.model import Cell
from harness.mutants.kill_order import Phase
from harness.shown.foreign_text import FitToShow

KILLED = "killed"  # a cell failed
SURVIVED = "survived"  # every cell passed or proved nothing
UNDECIDED = "undecided"  # no cell failed, and the harness could not run at least one of them
EQUIVALENT = "equivalent"  # it survived, and is listed as none
STALE = "stale"  # a cell failed, although it is listed as none
MUTANT_VERDICTS = (KILLED, SURVIVED, UNDECIDED, EQUIVALENT, STALE)
AS_EXPECTED = (KILLED, EQUIVALENT)

# Of cells that could be neither passed nor failed, so many are kept with their reasons.
_KEPT_REASONS = 5


class RunsCells(Protocol):
    """What `judge_mutant` needs of `harness.matrix.sessions.Sessions`."""

    def begin(self, cells: Iterable[Cell]) -> None: ...

    def run(self, cell: Cell) -> CellResult: ...


@dataclass
class MutantResult(FitToShow):
    """What happened to one fault. `killers` are ids of cells that failed, in the order in which they were tried.

    `duration_s` is the seconds until the verdict, without those spent queuing; `other_verdicts` counts the cells that
    did not fail, and `unjudged` holds the first of those that ended in an error or were inconclusive: neither ever
    counts as a kill. `file` is that of a fault of the user's, and FILE:LINE of what a derived one changes, `equivalent`
    the reason why that is no fault.
    """

    mutant: str
    sentence: str
    component: str
    method: str
    precedent: str
    file: str
    named_by: list[str]
    verdict: str = SURVIVED
    killers: list[str] = field(default_factory=list)
    cells_run: int = 0
    duration_s: float = 0.0
    other_verdicts: dict[str, int] = field(default_factory=dict)
    unjudged: list[dict[str, str]] = field(default_factory=list)
    equivalent: str = ""

    def record(self) -> dict[str, Any]:
        return asdict(self)


def judge_mutant(
    result: MutantResult,
    phases: Iterable[Phase],
    sessions: RunsCells,
    *,
    all_kills: bool,
    turn: Callable[[Phase], AbstractContextManager[None]] = lambda phase: nullcontext(),
) -> None:
    """Run the cells until one fails; `sessions` run them on the reference with the fault switched on.

    With `all_kills` every scenario has its turn, each up to its first cell that fails. The result depends on the
    order of the cells only, not on which of them ends first. Each phase runs within its `turn`.
    """
    caught: set[str] = set()
    for phase in phases:
        cells = [cell for cell in phase if cell.scenario.id not in caught]
        if cells and (all_kills or not caught):
            with turn(cells):
                started = time.perf_counter()
                _run_phase(result, cells, sessions, caught, all_kills)
                result.duration_s = round(result.duration_s + time.perf_counter() - started, 3)
    if caught:
        result.verdict = STALE if result.equivalent else KILLED
    elif result.other_verdicts.get(ERROR) or not result.cells_run:
        result.verdict = UNDECIDED
    elif result.equivalent:
        result.verdict = EQUIVALENT


def _run_phase(
    result: MutantResult, cells: Sequence[Cell], sessions: RunsCells, caught: set[str], all_kills: bool
) -> None:
    sessions.begin(cells)
    for cell in cells:
        # All of a phase have begun; one whose scenario has its kill is waited for, and proves nothing more.
        outcome = sessions.run(cell)
        if cell.scenario.id not in caught:
            _count(result, outcome)
        if outcome.verdict == FAILED:
            caught.add(cell.scenario.id)
            if not all_kills:
                return


def _count(result: MutantResult, outcome: CellResult) -> None:
    result.cells_run += 1
    if outcome.verdict == FAILED:
        result.killers.append(outcome.id)
        return
    result.other_verdicts[outcome.verdict] = result.other_verdicts.get(outcome.verdict, 0) + 1
    if outcome.verdict in (ERROR, INCONCLUSIVE) and len(result.unjudged) < _KEPT_REASONS:
        result.unjudged.append({"cell": outcome.id, "verdict": outcome.verdict, "reason": outcome.reason})
