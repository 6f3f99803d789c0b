"""A run's results as tables for the terminal: by area, then everything that needs a person's eyes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.first_changes import gravity, is_gravest, print_first_changes
from harness.report.scripts import script_name
from harness.shown.shell_words import word
from harness.shown.terminal import indented, words

_COLOURS = {
    verdicts.PASSED: "green",
    verdicts.FINDING: "yellow",
    verdicts.FAILED: "red",
    verdicts.STALE: "red",
    verdicts.INCONCLUSIVE: "magenta",
    verdicts.ERROR: "magenta",
    verdicts.UNDECLARED: "cyan",
    verdicts.SKIPPED: "dim",
}
_SHOWN = (verdicts.FAILED, verdicts.STALE, verdicts.FINDING, verdicts.INCONCLUSIVE, verdicts.ERROR)
_INDENT = 14
# Targets that know nothing of a service but what options say.
_BY_OPTIONS = ("process", "container", "url")
# As `plan` words it: what is said before the policy's name, and that name.
_UNDECLARED = re.compile(r"(the profile \S+ doesn't declare) the policy '(.+)'")


def print_summary(
    console: Console,
    results: Sequence[CellResult],
    *,
    seconds: float | None,
    most: int | None = None,
    hint: bool = True,
    left_out: int = 0,
    scripts: Mapping[str, str] | None = None,
) -> None:
    """Print each scenario that did not pass, once, with what repeats it; what to change first; the verdict table.

    A service that stands open although it is configured otherwise comes before all else, also where that is known, and
    whatever `most` says. Within a verdict the gravest comes first. What proves nothing, or could not be run, for one
    and the same reason stands together.

    `seconds` is how long the run took, if that is known; `most` limits the scenarios that are shown for each
    verdict; with `hint` it says how to keep the services up for the curl lines; `left_out` are the cells that
    were not run as they differ from one that was in the vendor's style alone; `scripts` are the files of the
    scripts by the ids of their cells, where they are known.
    """
    gravest = [one for one in results if is_gravest(one)]
    for verdict in _SHOWN:
        _print_verdict(console, verdict, [one for one in gravest if one.verdict == verdict], None, scripts or {})
    for verdict in _SHOWN:
        shown = [one for one in results if one.verdict == verdict and not is_gravest(one)]
        if verdict in (verdicts.INCONCLUSIVE, verdicts.ERROR):
            shown = _print_common_causes(console, verdict, shown)
        _print_verdict(console, verdict, shown, most, scripts or {})
    print_first_changes(console, [one for one in results if one.verdict == verdicts.FAILED])
    if hint and (first := next((one for one in results if one.evidence.get("curl")), None)):
        again = f"`{again_line(first)}` keeps a service up for such a line or script.\n"
        console.print(words(again), style="dim")
    _print_differences(console, [r for r in results if r.verdict == verdicts.PASSED and r.reason])
    _print_reasons(console, [r for r in results if r.verdict in (verdicts.SKIPPED, verdicts.UNDECLARED)])
    console.print(verdict_table(results))
    counts = Counter(result.verdict for result in results)
    numbers = ", ".join(f"{counts[verdict]} {verdict}" for verdict in verdicts.VERDICTS if counts[verdict])
    console.print(words(f"{len(results)} cells{'' if seconds is None else f' in {seconds:.1f} s'}: {numbers}"))
    if left_out:
        console.print(words(left_out_line(left_out)), soft_wrap=True)
    if results and not verdicts.was_judged(results):
        reason = "no cell could be run against what the profile says of the service"
        console.print(words(f"nothing was judged: {reason}; the exit status is {verdicts.EXIT_COULD_NOT_RUN}"))


def again_line(result: CellResult) -> str:
    """The command that runs a cell again and keeps its service up; in process it is chosen where all were."""
    if result.target == "app":
        return f"select=[{result.id!r}] runs this cell alone"
    options = " <options of this run>" if result.target in _BY_OPTIONS else ""
    return f"idp-harness run {word(result.id)} --target {word(result.target)}{options} --hold"


def left_out_line(cells: int, option: str = "--all-styles") -> str:
    """How many cells were not run, and the option that runs them."""
    return f"left out: {cells} cells in styles of vendors that change nothing their cases look at ({option})"


def cell_names(cells: Sequence[CellResult]) -> str:
    """How many cells of one scenario, and the variants and styles of the first of them."""
    names = [cell.id.rpartition("[")[2].rstrip("]") for cell in cells]
    shown = ", ".join(names[:8])
    return f"{len(cells)}: {shown}" + (f", and {len(names) - 8} more" if len(names) > 8 else "")


def by_area(results: Iterable[CellResult]) -> tuple[list[str], dict[str, list[int]]]:
    """The verdicts that occur, and for each area how often each of them does."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        counts.setdefault(result.scenario.partition("/")[0], Counter())[result.verdict] += 1
    present = [verdict for verdict in verdicts.VERDICTS if any(row[verdict] for row in counts.values())]
    return present, {area: [counts[area][verdict] for verdict in present] for area in sorted(counts)}


def verdict_table(results: Iterable[CellResult]) -> Table:
    """One row an area, one column a verdict that occurs."""
    present, rows = by_area(results)
    table = Table(box=None, pad_edge=False)
    table.add_column("area", style="bold")
    for verdict in present:
        table.add_column(verdict, justify="right", style=_COLOURS[verdict])
    for area, numbers in rows.items():
        table.add_row(words(area), *(str(number or "·") for number in numbers))
    return table


def _print_verdict(
    console: Console, verdict: str, results: Sequence[CellResult], most: int | None, scripts: Mapping[str, str]
) -> None:
    groups: dict[str, list[CellResult]] = {}
    for result in sorted(results, key=lambda one: (*gravity(one), one.id)):
        groups.setdefault(result.scenario, []).append(result)
    for scenario, cells in list(groups.items())[:most]:
        first = cells[0]
        colour = _COLOURS[verdict]
        title = indented(first.title, _INDENT)
        console.print(words((verdict, f"{colour} bold"), " ", (indented(scenario, _INDENT), "bold"), f"  {title}"))
        _row(console, "requirement", f"{first.requirement}  ({first.level}, {first.severity})")
        if first.expected:
            _row(console, "expected", first.expected)
            _row(console, "actual", first.actual)
        if first.reason:
            _row(console, "reason", first.reason)
        _row(console, "cells", cell_names(cells))
        if curl := first.evidence.get("curl"):
            _row(console, "repeat", curl)
        if first.evidence.get("script"):
            file = scripts.get(first.id, f"scripts/{script_name(first)}")
            _row(console, "script", f"{file} in the report's directory: all that was done before")
        console.print()


def _print_common_causes(console: Console, verdict: str, results: Sequence[CellResult]) -> list[CellResult]:
    """Print each reason that several scenarios have once; returns the results that have one of their own."""
    causes: dict[str, list[CellResult]] = {}
    for result in results:
        causes.setdefault(result.reason, []).append(result)
    alone = []
    for reason, cells in causes.items():
        scenarios = list(dict.fromkeys(cell.scenario for cell in cells))
        if len(scenarios) == 1:
            alone += cells
            continue
        console.print(words((verdict, f"{_COLOURS[verdict]} bold"), f" {len(cells)} cells for one reason"))
        _row(console, "reason", reason)
        _row(console, "scenarios", ", ".join(scenarios[:8]) + (", ..." if len(scenarios) > 8 else ""))
        _row(console, "again", again_line(cells[0]))
        console.print()
    return alone


def _row(console: Console, name: str, text: str) -> None:
    row = words((f"  {name:<12}", "dim"), indented(text, _INDENT))
    console.print(row, soft_wrap=not console.record)


def _print_differences(console: Console, results: Sequence[CellResult]) -> None:
    """What passed although another service is known to fail it."""
    groups: dict[str, list[CellResult]] = {}
    for one in results:
        groups.setdefault(one.scenario, []).append(one)
    for scenario, cells in groups.items():
        console.print(words((verdicts.PASSED, "green bold"), " ", (indented(scenario, _INDENT), "bold")))
        _row(console, "reason", cells[0].reason)
        _row(console, "cells", cell_names(cells))
        console.print()


def _print_reasons(console: Console, results: Sequence[CellResult]) -> None:
    """Why cells were not run, each reason once; policies that are not declared stand together."""
    reasons: Counter[tuple[str, str]] = Counter()
    knobs: dict[str, Counter[str]] = {}
    for result in results:
        if found := _UNDECLARED.fullmatch(result.reason):
            knobs.setdefault(found[1], Counter())[found[2]] += 1
        else:
            reasons[result.verdict, result.reason] += 1
    for (verdict, reason), count in sorted(reasons.items()):
        console.print(words((f"{verdict:<12}", _COLOURS[verdict]), f"{count} cells: {indented(reason, _INDENT)}"))
    for what, counts in knobs.items():
        names = ", ".join(f"{knob} ({counts[knob]})" for knob in sorted(counts))
        colour = _COLOURS[verdicts.UNDECLARED]
        text = f"{counts.total()} cells: {what} these policies: {names}"
        console.print(words((f"{verdicts.UNDECLARED:<12}", colour), indented(text, _INDENT)))
    if reasons or knobs:
        console.print()
