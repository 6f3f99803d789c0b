"""The end of a run for somebody who wants to mend it: what to change first, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from harness.base.verdicts import FAILED, FINDING, CellResult
from harness.grammar.vocabulary import LEVELS, SEVERITIES
from harness.report.advice import Advice, advice_for
from harness.shown.terminal import indented, words

_INDENT = 5
# The end of a run is one screen; the page has all.
_MOST_CAUSES, _WITH_LIBRARIES, _MOST_NAMES = 5, 2, 3


def is_gravest(result: CellResult) -> bool:
    """Whether the service stands open although its configuration says otherwise, known or not."""
    return result.severity == SEVERITIES[0] and result.verdict in (FAILED, FINDING)


def gravity(result: CellResult) -> tuple[bool, int, int]:
    """Smaller is graver: first what is gravest, then by level (a must before a should), then by severity."""
    return not is_gravest(result), _place(LEVELS, result.level), _place(SEVERITIES, result.severity)


def to_change(results: Sequence[CellResult]) -> list[CellResult]:
    """The cells that say what to change: those that failed, and where none did, the known ones."""
    failed = [one for one in results if one.verdict == FAILED]
    return failed or [one for one in results if one.verdict == FINDING]


def print_first_changes(console: Console, deviating: Sequence[CellResult]) -> None:
    """Print the causes of what deviates, the gravest first, each with why it matters and, for some, what to write."""
    causes: dict[str, list[CellResult]] = {}
    found: dict[str, Advice] = {}
    for result in sorted(deviating, key=lambda one: (*gravity(one), one.id)):
        if advice := advice_for(result.scenario):
            found[advice.name] = advice
            causes.setdefault(advice.name, []).append(result)
    if not causes:
        return
    console.print(words(("what to change first", "bold")))
    for number, (name, results) in enumerate(list(causes.items())[:_MOST_CAUSES], start=1):
        advice, worst = found[name], results[0]
        scenarios = list(dict.fromkeys(one.scenario.rpartition("/")[2] for one in results))
        why = f"  {worst.level}, {worst.severity}: {indented(advice.why, _INDENT)}"
        console.print(words(f"{number:>3}. ", (name, "bold"), why))
        more = f" and {len(scenarios) - _MOST_NAMES} more" if len(scenarios) > _MOST_NAMES else ""
        console.print(words((f"     broken by {', '.join(scenarios[:_MOST_NAMES])}{more}", "dim")))
        for library, line in advice.libraries.items() if number <= _WITH_LIBRARIES else ():
            who = "" if library == "all" else f"{library}: "
            console.print(words(f"     {who}{indented(line, _INDENT)}"), soft_wrap=not console.record)
    if others := list(causes)[_MOST_CAUSES:]:
        console.print(words((f"     then {', '.join(others)}", "dim")))
    console.print()


def _place(order: Sequence[str], word: str) -> int:
    return order.index(word) if word in order else len(order)
