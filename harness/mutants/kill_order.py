"""Which cells are tried on a fault, and in which order: whatever costs least comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from harness.declared.profile import Profile
from harness.grammar.model import Cell, Scenario
from harness.grammar.vocabulary import STYLES
from harness.scenario.plan import plan

Phase = list[Cell]
# Each timed cell has a service of its own: so many of one fault at once.
TIMED_TOGETHER = 12
# Of a fault that nobody names so many quick cells at once: one that fails early spares the others.
QUICK_TOGETHER = 64


class Killers:
    """The scenarios of a mutant run, as cells for one fault at a time. `profile` is the reference's.

    Without `styles` each case runs in those of its own, which is one for most (`harness.scenario.styles`).
    """

    def __init__(self, scenarios: Sequence[Scenario], profile: Profile, styles: Sequence[str] = ()) -> None:
        self.scenarios, self._profile, self._styles = scenarios, profile, styles

    def naming(self, fault: str) -> list[Scenario]:
        """The scenarios that say they catch the fault."""
        return [scenario for scenario in self.scenarios if fault in scenario.kills]

    def is_named(self, fault: str) -> bool:
        """Whether a scenario that says it catches the fault can be run on the reference."""
        return bool(self._cells(self.naming(fault), self._styles))

    def is_slow(self, fault: str) -> bool:
        """Whether only timed scenarios say that they catch the fault."""
        named = self.naming(fault)
        return bool(named) and all(scenario.timed for scenario in named)

    def scenarios_for(self, fault: str, *, own: bool) -> list[Scenario]:
        """The scenarios that may be run on the fault: those that name it, and all where that isn't enough."""
        return list(self.scenarios) if own or not self.is_named(fault) else self.naming(fault)

    def phases(self, fault: str, *, own: bool) -> Iterator[Phase]:
        """The cells to try, in groups that run side by side; each group only when those before caught nothing.

        Scenarios that name the fault come first. The others follow when the fault is the user's `own`, or when no
        scenario names it. Timed cells come last, the shortest first, and a variant's further styles after the
        first one, in case a fault shows in one vendor's shape only. The first cell stands alone: it mostly suffices.
        """
        named = self.naming(fault)
        ranks = [named]
        if own or not self.is_named(fault):
            ranks.append([scenario for scenario in self.scenarios if fault not in scenario.kills])
        alone = True
        for scenarios in ranks:
            for phase in self._phases(scenarios):
                if alone and not phase[0].scenario.timed:
                    yield phase[:1]
                    phase = phase[1:]
                alone = False
                if phase:
                    yield phase

    def phases_by_rank(self, ranks: Iterable[Sequence[Scenario]], *, timed: bool) -> Iterator[Phase]:
        """The cells to try on a fault that nobody names, each scenario in the first of its styles only.

        Of each rank first what needs no time, in phases that grow: where one fails, those after it cost nothing. What
        needs time follows with `timed`.
        """
        most = 1
        for scenarios in ranks:
            cells = self._cells(scenarios, self._styles or STYLES)
            first_style = {cell.scenario.id: cell.style for cell in reversed(cells)}
            kept = [cell for cell in cells if cell.style == first_style[cell.scenario.id]]
            quick = [cell for cell in kept if not cell.scenario.timed]
            while quick:
                yield quick[:most]
                quick, most = quick[most:], min(4 * most, QUICK_TOGETHER)
            if timed:
                yield from _chunks([cell for cell in kept if cell.scenario.timed])

    def _phases(self, scenarios: Sequence[Scenario]) -> Iterator[Phase]:
        cells = self._cells(scenarios, self._styles)
        first_style = {_variant(cell): cell.style for cell in reversed(cells)}

        def rank(cell: Cell) -> tuple[bool, bool]:
            return cell.scenario.timed, cell.style != first_style[_variant(cell)]

        for _, group in groupby(sorted(cells, key=rank), key=rank):
            phase = list(group)
            yield from _chunks(phase) if phase[0].scenario.timed else [phase]

    def _cells(self, scenarios: Sequence[Scenario], styles: Sequence[str]) -> list[Cell]:
        """The cells that can be run on the reference; the plan has the longest timed ones first."""
        cells = [one.cell for one in plan(scenarios, self._profile, "reference", styles) if not one.verdict]
        timed = [cell for cell in cells if cell.scenario.timed]
        return [cell for cell in cells if not cell.scenario.timed] + timed[::-1]


def _variant(cell: Cell) -> tuple[str, str]:
    return cell.scenario.id, cell.variant.name


def _chunks(cells: Phase) -> Iterator[Phase]:
    for first in range(0, len(cells), TIMED_TOGETHER):
        yield cells[first : first + TIMED_TOGETHER]
