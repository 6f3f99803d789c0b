"""A run's results as tables for the terminal: by area, then everything that needs a person's eyes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.advice import advice_for
from harness.report.first_changes import gravity, is_gravest, print_first_changes, to_change
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
_INDENT, _LONGEST_ANSWER = 14, 140
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
    waiting: int = 0,
    scripts: Mapping[str, str] | None = None,
) -> None:
    """Print what did not pass, each cause once; the verdict table; what to change first; the most dangerous, to repeat.

    A cause is what has one advice (`harness.report.advice`), or one scenario where there is none: its gravest scenario
    is told in full, a line for each other. A service that stands open although it is configured otherwise comes before
    all else, also where that is known, and whatever `most` says. Within a verdict the gravest comes first. What proves
    nothing, or could not be run, for one and the same reason stands together. The end is what is seen on a terminal.

    `seconds` is how long the run took, if that is known; `most` limits the causes that are shown for each verdict; with
    `hint` a cell is repeated by the command that holds its service, else by the request itself; `left_out` are the
    cells that were not run as they differ from one that was in the vendor's style alone, `waiting` those that were not
    as they wait for something; `scripts` are the files of the scripts by the ids of their cells, where they are known.
    """
    gravest = [one for one in results if is_gravest(one)]
    printer = _Printer(console, hint=hint, scripts=scripts or {})
    for verdict in _SHOWN:
        printer.verdict(verdict, [one for one in gravest if one.verdict == verdict], None)
    for verdict in _SHOWN:
        shown = [one for one in results if one.verdict == verdict and not is_gravest(one)]
        if verdict in (verdicts.INCONCLUSIVE, verdicts.ERROR):
            shown = _print_common_causes(console, verdict, shown)
        printer.verdict(verdict, shown, most)
    _print_differences(console, [r for r in results if r.verdict == verdicts.PASSED and r.reason])
    _print_reasons(console, [r for r in results if r.verdict in (verdicts.SKIPPED, verdicts.UNDECLARED)])
    console.print(verdict_table(results))
    console.print()
    print_first_changes(console, to_change(results))
    printer.most_dangerous(results)
    counts = Counter(result.verdict for result in results)
    numbers = ", ".join(f"{counts[verdict]} {verdict}" for verdict in verdicts.VERDICTS if counts[verdict])
    console.print(words(f"{len(results)} cells{'' if seconds is None else f' in {seconds:.1f} s'}: {numbers}"))
    if left_out:
        console.print(words(left_out_line(left_out)), soft_wrap=True)
    if waiting:
        console.print(words(f"left out: {waiting} cells that wait for something (run without --fast)"), soft_wrap=True)
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


# The columns of the table, each with the verdicts that it counts: all of them together fit into 80.
_COLUMNS = {
    verdicts.PASSED: (verdicts.PASSED,),
    verdicts.FINDING: (verdicts.FINDING,),
    verdicts.FAILED: (verdicts.FAILED,),
    verdicts.STALE: (verdicts.STALE,),
    "undecided": (verdicts.INCONCLUSIVE, verdicts.ERROR),
    "not asked": (verdicts.UNDECLARED, verdicts.SKIPPED),
}


def verdict_table(results: Iterable[CellResult]) -> Table:
    """One row an area, one column for the verdicts of a kind that occur."""
    present, rows = by_area(results)
    table = Table(box=None, pad_edge=False)
    table.add_column("area", style="bold", overflow="fold")
    shown = {name: [present.index(one) for one in kind if one in present] for name, kind in _COLUMNS.items()}
    shown = {name: places for name, places in shown.items() if places}
    for name in shown:
        table.add_column(name, justify="right", style=_COLOURS[_COLUMNS[name][0]], no_wrap=True)
    for area, numbers in rows.items():
        sums = (sum(numbers[place] for place in places) for places in shown.values())
        table.add_row(words(area), *(str(number or "·") for number in sums))
    return table


class _Printer:
    """Prints cells that did not pass."""

    def __init__(self, console: Console, *, hint: bool, scripts: Mapping[str, str]) -> None:
        self._console, self._hint, self._scripts = console, hint, scripts

    def verdict(self, verdict: str, results: Sequence[CellResult], most: int | None) -> None:
        """Print the causes of the cells of one verdict, the gravest first, at most `most` of them."""
        causes: dict[str, dict[str, list[CellResult]]] = {}
        for result in sorted(results, key=lambda one: (*gravity(one), one.id)):
            advice = advice_for(result.scenario)
            of_cause = causes.setdefault(advice.name if advice else result.scenario, {})
            of_cause.setdefault(result.scenario, []).append(result)
        for scenarios in list(causes.values())[:most]:
            first, *others = scenarios.values()
            self._in_full(verdict, first)
            for cells in others:
                self._row("also", f"{cells[0].scenario}{_count(cells)}: {_in_short(cells[0])}")
            self._console.print()

    def most_dangerous(self, results: Sequence[CellResult]) -> None:
        """Print what is gravest of all that is not as required, and how it is repeated."""
        wrong = [one for one in results if one.verdict in (verdicts.FAILED, verdicts.FINDING)]
        if not wrong:
            return
        first = min(wrong, key=lambda one: (*gravity(one), one.verdict != verdicts.FAILED, one.id))
        self._console.print(words(("the most dangerous", "bold"), f"  doesn't hold: {indented(first.title, _INDENT)}"))
        self._row("happens", _in_short(first))
        self._row("repeat", self._repeated(first))
        self._console.print()

    def _in_full(self, verdict: str, cells: Sequence[CellResult]) -> None:
        first = cells[0]
        title = indented(first.title, _INDENT)
        scenario = (indented(first.scenario, _INDENT), "bold")
        self._console.print(words((verdict, f"{_COLOURS[verdict]} bold"), " ", scenario, f"  {title}"))
        self._row("requirement", f"{first.requirement}  ({first.level}, {first.severity})")
        if first.expected:
            self._row("expected", first.expected)
            self._row("actual", _clipped(first.actual))
        if first.reason:
            self._row("reason", first.reason)
        self._row("cells", cell_names(cells))
        if first.evidence.get("curl") or verdict in (verdicts.FAILED, verdicts.FINDING):
            self._row("repeat", self._repeated(first))
        if first.evidence.get("script"):
            file = self._scripts.get(first.id, f"scripts/{script_name(first)}")
            self._row("script", f"{file} in the report's directory: all that was done before")

    def _repeated(self, one: CellResult) -> str:
        curl = one.evidence.get("curl")
        # What is at an address goes on running.
        return str(curl) if curl and (not self._hint or one.target == "url") else again_line(one)

    def _row(self, name: str, text: str) -> None:
        _row(self._console, name, text)


def _in_short(one: CellResult) -> str:
    """What is known of it, or what came: in one line."""
    return one.reason or (f"expected {one.expected}, got {_clipped(one.actual)}" if one.expected else one.title)


def _count(cells: Sequence[CellResult]) -> str:
    return f", {len(cells)} cells" if len(cells) > 1 else ""


def _clipped(text: str) -> str:
    """Whole bodies of answers stand in the page."""
    return text if len(text) <= _LONGEST_ANSWER else f"{text[:_LONGEST_ANSWER]}…"


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
