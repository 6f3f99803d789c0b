"""A comparison for a person: what each of two services breaks that the other one keeps, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.base.verdicts import CellResult
from harness.report.comparison import CONFORMS, DEVIATES, Comparison, Pair, did
from harness.report.first_changes import gravity
from harness.report.summary import cell_names
from harness.shown.terminal import indented, words

_INDENT = 14


def print_comparison(
    console: Console,
    comparison: Comparison,
    *,
    names: tuple[str, str],
    releases: tuple[str, str] = ("", ""),
    most: int | None = None,
) -> None:
    """Print first what only the second breaks, then what only the first does; the gravest scenarios come first.

    `names` are those of the records, `releases` of idp-harness those that have judged them, where that is known; `most`
    limits the scenarios that are shown of each.
    """
    first, second = names
    _print_releases(console, comparison, names, releases)
    broken = [pair for pair in comparison.differences if did(pair.second) == DEVIATES]
    kept = [pair for pair in comparison.differences if did(pair.first) == DEVIATES]
    _print_side(console, f"only {second} deviates", broken, most)
    _print_side(console, f"only {first} deviates", kept, most)
    _print_judged_by_one(console, comparison.judged_by_one, names)
    alike = comparison.alike
    numbers = f"{alike.total()} cells alike ({alike[CONFORMS]} conform, {alike[DEVIATES]} deviate in both)"
    console.print(words(f"{numbers}, {len(broken)} deviate only in {second}, {len(kept)} only in {first}"))
    if not comparison.differences and not alike:
        console.print("nothing was compared: no cell was judged in both; the exit status is 3")


def _print_releases(
    console: Console, comparison: Comparison, names: tuple[str, str], releases: tuple[str, str]
) -> None:
    """What is due to the scenarios, and not to the services: where another release of them has judged each."""
    if not all(releases) or releases[0] == releases[1]:
        return
    console.print(words(f"{names[0]} was judged by idp-harness {releases[0]}, {names[1]} by {releases[1]}"))
    for name, scenarios in zip(names, comparison.scenarios_of_one, strict=True):
        if scenarios:
            listed = indented(", ".join(scenarios), _INDENT)
            console.print(words(f"  only {name} has been asked {len(scenarios)} scenarios: {listed}"), soft_wrap=True)
    console.print()


def _print_side(console: Console, title: str, pairs: Sequence[Pair], most: int | None) -> None:
    groups: dict[str, list[Pair]] = {}
    for pair in sorted(pairs, key=lambda one: (*gravity(one.either), one.either.id)):
        groups.setdefault(pair.either.scenario, []).append(pair)
    for scenario, group in list(groups.items())[:most]:
        one = group[0]
        console.print(words((title, "red bold"), "  ", (indented(scenario, _INDENT), "bold"), f"  {one.either.title}"))
        _row(console, "requirement", f"{one.either.requirement}  ({one.either.level}, {one.either.severity})")
        deviates = one.second if did(one.second) == DEVIATES else one.first
        assert deviates is not None
        if deviates.expected:
            _row(console, "expected", deviates.expected)
            _row(console, "actual", deviates.actual)
        if any(pair.asks_otherwise for pair in group):
            _row(console, "note", "the scenario asks otherwise in the other record: it may be that which has changed")
        _row(console, "cells", cell_names([pair.either for pair in group]))
        console.print()


def _print_judged_by_one(console: Console, pairs: Sequence[Pair], names: tuple[str, str]) -> None:
    """Why cells say nothing in one of the records, each reason once."""
    for place, name in enumerate(names):
        reasons: dict[str, int] = {}
        for pair in pairs:
            silent = (pair.first, pair.second)[place]
            if did(silent) is None:
                reasons[_why(silent)] = reasons.get(_why(silent), 0) + 1
        for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
            console.print(words(f"{count} cells are not judged in {name}: {indented(reason, _INDENT)}"))
    if pairs:
        console.print()


def _why(silent: CellResult | None) -> str:
    if silent is None:
        return "it has no such cells"
    return f"{silent.verdict}, {silent.reason}" if silent.reason else silent.verdict


def _row(console: Console, name: str, text: str) -> None:
    console.print(words((f"  {name:<12}", "dim"), indented(text, _INDENT)), soft_wrap=True)
