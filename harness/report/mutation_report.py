"""A mutant run for a person: what was not caught, what was a false alarm, and the table of all faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from harness.base.verdicts import CellResult
from harness.mutants.kill_matrix import KillMatrix, ScenarioRow
from harness.mutants.mutant_run import (
    EQUIVALENT,
    KILLED,
    MUTANT_VERDICTS,
    STALE,
    SURVIVED,
    UNDECIDED,
    MutantResult,
)
from harness.report.summary import left_out_line
from harness.shown.terminal import indented, words

_COLOURS = {KILLED: "green", SURVIVED: "red", UNDECIDED: "magenta", EQUIVALENT: "green", STALE: "red"}
# A longer table tells less than one by parts.
_MOST_ROWS = 250
_SHOWN_NAMES, _INDENT = 8, 15


def print_matrix(console: Console, matrix: KillMatrix, seconds: float) -> None:
    """The table, then everything that makes the exit status another one than 0; `seconds` is how long it took."""
    if len(matrix.mutants) <= _MOST_ROWS:
        console.print(matrix_table(matrix.mutants))
    else:
        console.print(parts_table(matrix.mutants))
    for mutant in (*matrix.of_verdict(SURVIVED), *matrix.of_verdict(STALE), *matrix.of_verdict(UNDECIDED)):
        console.print()
        console.print(words(survivor_text(mutant)), soft_wrap=True)
    _print_alarms(console, matrix.false_alarms())
    _print_idle(console, matrix.idle())
    console.print()
    if matrix.baseline is not None:
        counts = Counter(one.verdict for one in matrix.baseline)
        numbers = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        console.print(words(f"the reference without a fault: {numbers}"))
        if matrix.left_out:
            console.print(words(left_out_line(matrix.left_out)), soft_wrap=True)
    killed = len(matrix.of_verdict(KILLED))
    equivalent = len(matrix.of_verdict(EQUIVALENT))
    listed = f", {equivalent} equivalent" if equivalent else ""
    console.print(words(f"{killed} of {matrix.expected - equivalent} faults killed{listed} in {seconds:.1f} s"))


def parts_table(mutants: Iterable[MutantResult]) -> Table:
    """One row a part: how many faults of it had which verdict."""
    counts: dict[str, Counter[str]] = {}
    for one in mutants:
        counts.setdefault(one.component, Counter())[one.verdict] += 1
    shown = [verdict for verdict in MUTANT_VERDICTS if any(of_part[verdict] for of_part in counts.values())]
    table = Table(box=None, pad_edge=False)
    table.add_column("part")
    for verdict in shown:
        table.add_column(verdict, justify="right")
    for part, of_part in sorted(counts.items()):
        table.add_row(words(part), *(str(of_part[verdict]) for verdict in shown))
    return table


def matrix_table(mutants: Iterable[MutantResult]) -> Table:
    """One row a fault: whether it was caught, by which cells, how many were run for it and for how long."""
    table = Table(box=None, pad_edge=False)
    for column in ("fault", "verdict", "caught by"):
        table.add_column(column, overflow="fold")
    table.add_column("cells", justify="right")
    table.add_column("seconds", justify="right")
    for one in mutants:
        lines = [*one.killers]
        if lines[:1] == [] or set(one.other_verdicts) - {"passed"}:
            lines.append(_counts(one))
        table.add_row(
            words(one.mutant),
            words((one.verdict, _COLOURS[one.verdict])),
            words("\n".join(lines)),
            str(one.cells_run),
            f"{one.duration_s:.2f}",
        )
    return table


def survivor_text(one: MutantResult) -> str:
    """What the fault is, what was tried on it, and what to do."""
    is_named = one.mutant.startswith("m-")
    lines = [f"{one.mutant} {one.verdict}: {one.sentence}", f"  changed      {one.component}.{one.method}"]
    if one.file:
        lines.append(f"  {'file' if is_named else 'source':<12} {one.file}")
    if is_named:
        lines.append(f"  named by     {_names(one.named_by) or 'no scenario'}")
    lines.append(f"  cells        {_counts(one)}")
    for cell in one.unjudged:
        lines.append(f"  {cell['verdict']:<12} {cell['cell']}: {cell['reason'][:300]}")
    if one.verdict == STALE:
        lines.append(f"  caught by    {_names(one.killers)}")
        lines.append(f"  what to do   take it out of equivalent.toml, which says: {one.equivalent}")
    elif one.verdict == SURVIVED and not is_named:
        lines.append("  what to do   write a scenario that fails with it, or say in equivalent.toml why it is none")
    elif one.verdict == SURVIVED:
        lines.append(f'  what to do   write a scenario that fails with it, with kills = ["{one.mutant}"]')
    else:
        lines.append(f"  what to do   see why: idp-harness run --target reference --fault {one.mutant}")
    return "\n".join(indented(line, _INDENT) for line in lines)


def _print_alarms(console: Console, cells: Sequence[CellResult]) -> None:
    for one in cells:
        lines = [f"the reference without a fault: {one.verdict} {one.id}", f"  requirement  {one.requirement}"]
        if one.expected:
            lines += [f"  expected     {one.expected}", f"  actual       {one.actual}"]
        if one.reason:
            lines.append(f"  reason       {one.reason}")
        console.print(words("\n", "\n".join(indented(line, _INDENT) for line in lines)), soft_wrap=True)


def _print_idle(console: Console, scenarios: Sequence[ScenarioRow]) -> None:
    if scenarios:
        console.print(words("\nscenarios that name faults and caught none of them:"))
    for one in scenarios:
        reason = "" if one.cells else " (the reference can't be asked: no cell of it runs there)"
        console.print(words(f"  {one.id}: {_names(one.kills)}{reason}"), soft_wrap=True)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES])
    return shown + (f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else "")


def _counts(one: MutantResult) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(one.other_verdicts.items())) or "none was run"
