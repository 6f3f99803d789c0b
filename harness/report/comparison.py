"""Two records of the same scenarios, cell by cell: where two services, or two versions of one, do otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.base import verdicts
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK, CellResult
from harness.report.first_changes import gravity

# What a service did in a cell. Whether a deviation was expected is a matter of its list, not of what it does.
CONFORMS = "conforms"
DEVIATES = "deviates"
_DID = {
    verdicts.PASSED: CONFORMS,
    verdicts.STALE: CONFORMS,
    verdicts.FAILED: DEVIATES,
    verdicts.FINDING: DEVIATES,
}


@dataclass(frozen=True)
class Pair:
    """One cell in both records; None where a record has no such cell."""

    first: CellResult | None
    second: CellResult | None

    @property
    def either(self) -> CellResult:
        """The cell itself, for what is the same in both: its id, title and requirement."""
        found = self.first or self.second
        assert found is not None
        return found

    @property
    def differs(self) -> bool:
        """Whether one service keeps the requirement and the other one breaks it."""
        return {did(self.first), did(self.second)} == {CONFORMS, DEVIATES}

    @property
    def asks_otherwise(self) -> bool:
        """Whether the scenario has been rewritten between the two: then it may be that, not a service, that changed."""
        if self.first is None or self.second is None:
            return False
        return (self.first.requirement, self.first.level) != (self.second.requirement, self.second.level)

    def record(self) -> dict[str, Any]:
        """The pair for machines."""
        one = self.either
        kept = {name: getattr(one, name) for name in ("id", "scenario", "title", "requirement", "level", "severity")}
        return {**kept, "first": _outcome(self.first), "second": _outcome(self.second)} | (
            {"asks_otherwise": True} if self.asks_otherwise else {}
        )


@dataclass(frozen=True)
class Comparison:
    """What two records say of the same cells. Where a cell stands twice in a record, its last line counts."""

    first: Iterable[CellResult]
    second: Iterable[CellResult]

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every cell of both, in the order of their ids."""
        first, second = ({one.id: one for one in results} for results in (self.first, self.second))
        return [Pair(first.get(id), second.get(id)) for id in sorted(first.keys() | second.keys())]

    @cached_property
    def differences(self) -> list[Pair]:
        """The cells that one conforms to and the other doesn't."""
        return [pair for pair in self.pairs if pair.differs]

    @cached_property
    def judged_by_one(self) -> list[Pair]:
        """The cells of which only one record says what the service does."""
        return [pair for pair in self.pairs if (did(pair.first) is None) != (did(pair.second) is None)]

    @cached_property
    def scenarios_of_one(self) -> tuple[list[str], list[str]]:
        """The scenarios of which only the first record has cells, and those of which only the second has."""
        first, second = ({one.scenario for one in results} for results in (self.first, self.second))
        return sorted(first - second), sorted(second - first)

    @cached_property
    def alike(self) -> Counter[str]:
        """How many cells came out alike, by what both services did."""
        both = ((did(pair.first), did(pair.second)) for pair in self.pairs)
        return Counter(one for one, other in both if one is not None and one == other)

    @cached_property
    def silent(self) -> list[tuple[int, str, int]]:
        """Why cells say nothing in one of the records: its place, the reason and how many cells, the most first."""
        reasons: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for pair in self.judged_by_one:
            for place, one in enumerate((pair.first, pair.second)):
                if did(one) is None:
                    reasons[place][_why(one)] += 1
        return [
            (place, reason, count)
            for place, counts in enumerate(reasons)
            for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ]

    def deviates_only(self, place: int) -> list[list[Pair]]:
        """By scenario, the gravest first, the cells in which only the first record (0) or the second (1) deviates."""
        groups: dict[str, list[Pair]] = {}
        for pair in sorted(self.differences, key=lambda one: (*gravity(one.either), one.either.id)):
            if did((pair.first, pair.second)[place]) == DEVIATES:
                groups.setdefault(pair.either.scenario, []).append(pair)
        return list(groups.values())

    def exit_status(self) -> int:
        """0 when all that both judged came out alike, 1 when something differs, 3 when no cell was judged in both."""
        if self.differences:
            return EXIT_FAILED
        return EXIT_OK if self.alike else EXIT_COULD_NOT_RUN

    def document(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """The comparison for machines."""
        return {
            "meta": {**meta, "exit_status": self.exit_status()},
            "alike": {name: self.alike[name] for name in (CONFORMS, DEVIATES)},
            "differences": [pair.record() for pair in self.differences],
            "judged_by_one": [pair.record() for pair in self.judged_by_one],
            "scenarios_of_one": dict(zip(("first", "second"), self.scenarios_of_one, strict=True)),
        }


def did(result: CellResult | None) -> str | None:
    """What the service did: `CONFORMS` or `DEVIATES`; None where the cell says nothing of it."""
    return _DID.get(result.verdict) if result else None


def _why(silent: CellResult | None) -> str:
    if silent is None:
        return "it has no such cells"
    return f"{silent.verdict}, {silent.reason}" if silent.reason else silent.verdict


def _outcome(result: CellResult | None) -> dict[str, str] | None:
    if result is None:
        return None
    return {name: getattr(result, name) for name in ("target", "verdict", "expected", "actual", "reason")}
