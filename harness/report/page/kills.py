"""The kill matrix of `mutants` as a page: the faults by part, each with what caught it, and what caught nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from harness.base.verdicts import EXIT_FAILED, EXIT_OK, CellResult
from harness.mutants.kill_matrix import KillMatrix, ScenarioRow
from harness.mutants.mutant_run import EQUIVALENT, KILLED, MUTANT_VERDICTS, SURVIVED, UNDECIDED, MutantResult
from harness.report.page.tables import Table, Value, tables_page

# What is to be done something about comes first.
_ORDER = {SURVIVED: 0, UNDECIDED: 1}


def kills_page(matrix: KillMatrix, meta: dict[str, Any]) -> str:
    """The page; `meta` is that of the matrix's document."""
    killed, equivalent = (len(matrix.of_verdict(one)) for one in (KILLED, EQUIVALENT))
    more = f", {equivalent} are equivalent" if equivalent else ""
    sentence = f"{killed} of {matrix.expected - equivalent} faults of the reference are caught{more}."
    about = f"Begun {meta['started']} · idp-harness {meta['version']} · {meta['duration_s']} s"
    if matrix.baseline is not None:
        about += f" · without a fault the reference passes {_passed(matrix.baseline)} of {len(matrix.baseline)} cells"
    tables = [
        Table(
            "False alarms", _ALARM, [_alarm(one) for one in matrix.false_alarms()], "Without a fault nothing may fail."
        ),
        Table("By part", ("part", "faults", *MUTANT_VERDICTS), _parts(matrix.mutants)),
        Table("Faults", _FAULT, [_fault(one) for one in sorted(matrix.mutants, key=_place)]),
        Table("Scenarios", _SCENARIO, [_scenario(one) for one in matrix.scenarios], "With the faults that each names."),
    ]
    return tables_page("Kill matrix", sentence, tables, about=about, verdict=_verdict(matrix))


def _verdict(matrix: KillMatrix) -> tuple[str, str]:
    status = matrix.exit_status()
    if status == EXIT_OK:
        return "Every fault is caught", "passed"
    if status != EXIT_FAILED:
        return "Not judged to the end", "inconclusive"
    if matrix.of_verdict(SURVIVED):
        return "Not every fault is caught", "failed"
    return "The reference without a fault fails" if matrix.false_alarms() else "Something is listed wrongly", "failed"


def _passed(baseline: Sequence[CellResult]) -> int:
    return sum(one.verdict == "passed" for one in baseline)


def _parts(mutants: Iterable[MutantResult]) -> list[list[Value]]:
    counts: dict[str, Counter[str]] = {}
    for one in mutants:
        counts.setdefault(one.component, Counter())[one.verdict] += 1
    return [
        [part, of_part.total(), *(of_part[verdict] for verdict in MUTANT_VERDICTS)]
        for part, of_part in sorted(counts.items())
    ]


def _place(one: MutantResult) -> tuple[int, str]:
    return _ORDER.get(one.verdict, 2), one.mutant


_FAULT = ("fault", "verdict", "what is wrong", "happened before", "part", "caught by", "cells", "seconds")


def _fault(one: MutantResult) -> list[Value]:
    changed = f"{one.component}.{one.method}"
    caught = [*one.killers, *([one.equivalent] if one.equivalent else [])]
    caught += [f"{cell['cell']}: {cell['verdict']}, {cell['reason']}" for cell in one.unjudged]
    seconds = round(one.duration_s, 2)
    return [one.mutant, one.verdict, one.sentence, one.precedent, changed, caught, one.cells_run, seconds]


_SCENARIO = ("scenario", "names", "caught in this run", "cells of the reference")


def _scenario(one: ScenarioRow) -> list[Value]:
    return [one.id, one.kills, one.killed, one.cells]


_ALARM = ("cell", "verdict", "requirement", "expected", "actual", "reason")


def _alarm(one: CellResult) -> list[Value]:
    return [one.id, one.verdict, one.requirement, one.expected, one.actual, one.reason]
