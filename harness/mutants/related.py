"""Which scenarios meet a derived fault, which nobody names, in which order: those that use what it changes first."""

from __future__ import annotations

from collections.abc import Sequence

from harness.grammar.model import Scenario

Ranks = list[list[Scenario]]
# What keeps everybody out is caught by the first at once, while cases about refusals prove nothing; what lets everybody
# in by the second, while cases about good tokens pass.
_FIRST = ("baseline/plain-tokens/base-rs256-accept", "transport/missing/tr-missing")


def ranks_of(fault: str, scenarios: Sequence[Scenario], *, listed: bool) -> Ranks:
    """Those that kill named faults of the same method, of the same part, those of the same areas, and all others.

    Before them stand one that every service passes which lets anybody in, and one of those that keep anybody out. A
    `listed` fault is known to survive: what stands before the areas is enough to see that it still does.
    """
    from harness.reference.faults import FAULTS  # The reference service loads Flask.
    from harness.reference.known_faults import fault_of

    broken = fault_of(fault)
    parts = {base.__name__ for base in broken.mixin.__mro__}
    of_part = {id for id, one in FAULTS.items() if one.component in parts}
    of_method = {id for id in of_part if FAULTS[id].method == broken.method}
    near = [one for one in scenarios if of_method.intersection(one.kills)]
    of_same_part = [one for one in scenarios if of_part.intersection(one.kills)]
    areas = {_area(one) for one in (near or of_same_part)}
    ranks = [[one for id in _FIRST for one in scenarios if one.id == id], near, of_same_part]
    if not listed:
        ranks += [[one for one in scenarios if _area(one) in areas], list(scenarios)]
    seen: set[str] = set()
    return [_first_time(rank, seen) for rank in ranks]


def _first_time(scenarios: Sequence[Scenario], seen: set[str]) -> list[Scenario]:
    fresh = [one for one in scenarios if one.id not in seen]
    seen.update(one.id for one in fresh)
    return fresh


def _area(scenario: Scenario) -> str:
    return scenario.id.partition("/")[0]
