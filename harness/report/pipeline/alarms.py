"""What came out of a scenario, told once: its cells by verdict, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.first_changes import gravity
from harness.report.summary import cell_names

_LONGEST = 400


@dataclass(frozen=True)
class Alarm:
    """The cells of one scenario with one verdict, of `judged` cells that were judged in it; the first is an example."""

    cells: Sequence[CellResult]
    judged: int

    @property
    def first(self) -> CellResult:
        return self.cells[0]

    @property
    def scenario(self) -> str:
        return self.first.scenario

    @property
    def verdict(self) -> str:
        return self.first.verdict

    @property
    def names(self) -> str:
        """How many cells, and the variants and styles of the first of them."""
        return cell_names(self.cells)

    def sentence(self) -> str:
        """One line: in how many cells, what was expected and what came, or the reason."""
        return short(f"{len(self.cells)} of {self.judged} cells: {what_came(self.first)}")


def alarms(results: Iterable[CellResult], *wanted: str) -> list[Alarm]:
    """An alarm for each scenario and verdict of `wanted` that occurs: the gravest first, then as `wanted` has them."""
    groups: dict[tuple[str, str], list[CellResult]] = {}
    judged: dict[str, int] = {}
    for one in sorted(results, key=lambda one: (*gravity(one), one.id)):
        if one.verdict not in (verdicts.SKIPPED, verdicts.UNDECLARED):
            judged[one.scenario] = judged.get(one.scenario, 0) + 1
        if one.verdict in wanted:
            groups.setdefault((one.scenario, one.verdict), []).append(one)
    found = [Alarm(cells, judged.get(scenario, 0)) for (scenario, _), cells in groups.items()]
    return sorted(found, key=lambda one: (*gravity(one.first), wanted.index(one.verdict), one.scenario))


def what_came(one: CellResult) -> str:
    """What a cell says for itself: expected and actual; the reason of one that is undecided; else its title."""
    if one.expected and not (one.reason and one.verdict in (verdicts.ERROR, verdicts.INCONCLUSIVE)):
        return f"expected {one.expected}; got {one.actual}"
    return one.reason or one.title


def short(text: str, most: int = _LONGEST) -> str:
    """At most `most` characters of it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
