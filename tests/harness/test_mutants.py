"""How a fault is judged from the verdicts of cells, and what a run's exit status is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from scenario_files import load_scenario

from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED, SKIPPED, CellResult
from harness.grammar.model import Cell
from harness.matrix.cell_runner import blank_result
from harness.mutants.kill_matrix import KillMatrix, ScenarioRow
from harness.mutants.mutant_run import EQUIVALENT, KILLED, STALE, SURVIVED, UNDECIDED, MutantResult, judge_mutant


def cell(folder: Path, topic: str, style: str = "auth0") -> Cell:
    scenario = load_scenario(folder, 'expect = "reject"\n', topic=topic)
    return Cell(scenario, scenario.variants[0], style)


def outcome(cell: Cell, verdict: str) -> CellResult:
    result = blank_result(cell, "reference")
    result.verdict, result.reason = verdict, "a reason"
    return result


class Sessions:
    """Gives each cell the verdict that stands for its topic."""

    def __init__(self, verdicts: dict[str, str]) -> None:
        self.verdicts, self.begun, self.ran = verdicts, list[str](), list[str]()

    def begin(self, cells: Iterable[Cell]) -> None:
        self.begun += [cell.id for cell in cells]

    def run(self, cell: Cell) -> CellResult:
        self.ran.append(cell.id)
        return outcome(cell, self.verdicts[cell.scenario.id.split("/")[1]])


def blank(verdict: str = SURVIVED) -> MutantResult:
    return MutantResult("m-one", "It is wrong.", "Part", "method", "", "", [], verdict)


def judged(folder: Path, *verdicts: str, all_kills: bool = False) -> tuple[MutantResult, Sessions]:
    """One phase for each verdict."""
    topics = {f"t{number}": verdict for number, verdict in enumerate(verdicts)}
    result, sessions = blank(), Sessions(topics)
    judge_mutant(result, [[cell(folder, topic)] for topic in topics], sessions, all_kills=all_kills)
    return result, sessions


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([FAILED], KILLED),
        ([PASSED, FAILED], KILLED),
        ([ERROR, FAILED], KILLED),
        ([PASSED, PASSED], SURVIVED),
        ([PASSED, INCONCLUSIVE], SURVIVED),
        ([PASSED, ERROR], UNDECIDED),
        ([], UNDECIDED),
    ],
)
def test_only_a_failed_cell_kills(tmp_path: Path, verdicts: list[str], verdict: str) -> None:
    """An error of the harness and a failed control prove nothing."""
    assert judged(tmp_path, *verdicts)[0].verdict == verdict


@pytest.mark.parametrize(("cell_verdict", "verdict"), [(PASSED, EQUIVALENT), (FAILED, STALE), (ERROR, UNDECIDED)])
def test_one_that_is_listed_as_no_fault_must_survive(tmp_path: Path, cell_verdict: str, verdict: str) -> None:
    """When it is caught, the list is wrong."""
    result = blank()
    result.equivalent = "the very moment"
    judge_mutant(result, [[cell(tmp_path, "t0")]], Sessions({"t0": cell_verdict}), all_kills=False)
    assert result.verdict == verdict


def test_the_first_kill_ends_it(tmp_path: Path) -> None:
    """Nothing of the phases behind it begins."""
    result, sessions = judged(tmp_path, PASSED, FAILED, FAILED)
    assert result.killers == sessions.ran[1:] == ["area/t1/a-case[auth0]"]
    assert (sessions.begun, result.cells_run, result.other_verdicts) == (sessions.ran, 2, {PASSED: 1})


def test_with_all_kills_each_scenario_kills_once(tmp_path: Path) -> None:
    """Its further cells prove nothing more."""
    phases = [[cell(tmp_path, "t0"), cell(tmp_path, "t0", "okta")], [cell(tmp_path, "t0", "custom")]]
    result = blank()
    judge_mutant(result, [*phases, [cell(tmp_path, "t1")]], Sessions({"t0": FAILED, "t1": FAILED}), all_kills=True)
    assert result.killers == ["area/t0/a-case[auth0]", "area/t1/a-case[auth0]"]


def test_what_proved_nothing_is_kept_with_its_reason(tmp_path: Path) -> None:
    result, _ = judged(tmp_path, INCONCLUSIVE, FAILED)
    assert result.unjudged == [{"cell": "area/t0/a-case[auth0]", "verdict": INCONCLUSIVE, "reason": "a reason"}]


IDLE = ScenarioRow("area/topic/idle", ["m-one"], [], False, 1)
CONTROL = ScenarioRow("area/topic/control", [], [], True, 1)


@pytest.mark.parametrize(
    ("verdicts", "baseline", "scenarios", "all_kills", "status"),
    [
        ([KILLED], [PASSED, SKIPPED], [IDLE, CONTROL], False, 0),
        ([KILLED], None, [], False, 0),
        ([KILLED, SURVIVED], [PASSED], [], False, 1),
        ([KILLED, EQUIVALENT], [PASSED], [], False, 0),
        ([KILLED, STALE], [PASSED], [], False, 1),
        ([KILLED], [PASSED, FAILED], [], False, 1),
        ([KILLED], [PASSED], [IDLE], True, 1),
        ([KILLED], [PASSED], [CONTROL], True, 0),
        ([KILLED, UNDECIDED], [PASSED], [], False, 3),
        ([KILLED], [PASSED, ERROR], [], False, 3),
        ([SURVIVED], [ERROR], [], False, 1),
    ],
)
def test_the_exit_status_tells_what_was_found(
    tmp_path: Path,
    verdicts: list[str],
    baseline: list[str] | None,
    scenarios: list[ScenarioRow],
    all_kills: bool,
    status: int,
) -> None:
    cells = None if baseline is None else [outcome(cell(tmp_path, "t"), verdict) for verdict in baseline]
    matrix = KillMatrix([blank(verdict) for verdict in verdicts], cells, scenarios, len(verdicts), all_kills)
    assert matrix.exit_status() == status


def test_a_fault_without_a_result_is_not_a_killed_one() -> None:
    """The run was cut short."""
    assert KillMatrix([blank(KILLED)], None, [], 2, False).exit_status() == 3
