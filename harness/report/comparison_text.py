"""A comparison for a person: what each of two services breaks that the other one keeps, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.report.comparison import CONFORMS, DEVIATES, Comparison, Pair, did
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
    _print_side(console, f"only {second} deviates", comparison.deviates_only(1), most)
    _print_side(console, f"only {first} deviates", comparison.deviates_only(0), most)
    for place, reason, count in comparison.silent:
        console.print(words(f"{count} cells are not judged in {names[place]}: {indented(reason, _INDENT)}"))
    if comparison.silent:
        console.print()
    alike = comparison.alike
    console.print(words(in_numbers(comparison, names)))
    if not comparison.differences and not alike:
        console.print("nothing was compared: no cell was judged in both; the exit status is 3")


def in_numbers(comparison: Comparison, names: tuple[str, str]) -> str:
    """How many cells came out alike, and how many deviate in one record only."""
    alike = comparison.alike
    only_first, only_second = (sum(map(len, comparison.deviates_only(place))) for place in (0, 1))
    numbers = f"{alike.total()} cells alike ({alike[CONFORMS]} conform, {alike[DEVIATES]} deviate in both)"
    return f"{numbers}, {only_second} deviate only in {names[1]}, {only_first} only in {names[0]}"


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


def _print_side(console: Console, title: str, groups: Sequence[Sequence[Pair]], most: int | None) -> None:
    for group in groups[:most]:
        one = group[0]
        console.print(
            words((title, "red bold"), "  ", (indented(one.either.scenario, _INDENT), "bold"), f"  {one.either.title}")
        )
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


def _row(console: Console, name: str, text: str) -> None:
    console.print(words((f"  {name:<12}", "dim"), indented(text, _INDENT)), soft_wrap=True)
