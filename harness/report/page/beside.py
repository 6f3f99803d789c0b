"""What the page shows of another record: what the service breaks that is kept there, what it keeps, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.base.verdicts import CellResult
from harness.report.comparison import Comparison, Pair
from harness.report.comparison_text import in_numbers
from harness.report.page.document import About


@dataclass(frozen=True)
class Beside:
    """Another record: of the release before, or of another service. `release` is that of idp-harness, where known."""

    name: str
    results: Sequence[CellResult]
    release: str = ""


def beside_document(results: Sequence[CellResult], about: About, beside: Beside) -> dict[str, Any]:
    """The data of that section. `cells` has, for each that differs, what the other record says of it."""
    comparison = Comparison(beside.results, results)
    here = "this record"
    return {
        "name": beside.name,
        "sentence": in_numbers(comparison, (beside.name, here)),
        "notes": [*_releases(comparison, about, beside, here), *_silent(comparison, (beside.name, here))],
        "broken": [_group(pairs) for pairs in comparison.deviates_only(1)],
        "kept": [_group(pairs) for pairs in comparison.deviates_only(0)],
        "cells": {pair.either.id: _there(pair.first) for pair in comparison.differences if pair.first},
    }


def _releases(comparison: Comparison, about: About, beside: Beside, here: str) -> list[str]:
    """What is due to the scenarios, and not to the services."""
    if not (about.release and beside.release) or about.release == beside.release:
        return []
    names = (beside.name, here)
    asked = [
        f"only {name} has been asked {len(scenarios)} scenarios: {', '.join(scenarios)}"
        for name, scenarios in zip(names, comparison.scenarios_of_one, strict=True)
        if scenarios
    ]
    return [f"{beside.name} was judged by idp-harness {beside.release}, {here} by {about.release}", *asked]


def _silent(comparison: Comparison, names: tuple[str, str]) -> list[str]:
    return [f"{count} cells are not judged in {names[place]}: {reason}" for place, reason, count in comparison.silent]


def _group(pairs: Sequence[Pair]) -> dict[str, Any]:
    """A scenario that differs, by the first of its cells; `asks_otherwise`: it may be the scenario that has changed."""
    return {
        "cell": pairs[0].either.id,
        "cells": len(pairs),
        "asks_otherwise": any(pair.asks_otherwise for pair in pairs),
    }


def _there(one: CellResult) -> dict[str, str]:
    return {"verdict": one.verdict, "actual": one.actual, "reason": one.reason}
