"""What the page shows, as data: scenarios and cells in short, and the evidence of those that did not pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.grammar.vocabulary import LEVELS, SEVERITIES
from harness.report.advice import advice_for
from harness.report.first_changes import gravity, is_gravest
from harness.report.page.sources import links
from harness.report.summary import again_line

# What a person has to look at, the most urgent first.
_NOT_AS_REQUIRED = (verdicts.FAILED, verdicts.STALE, verdicts.FINDING)
_UNDECIDED = (verdicts.INCONCLUSIVE, verdicts.ERROR)
_WORST = 5
_WITHOUT_EVIDENCE = (verdicts.PASSED, verdicts.SKIPPED, verdicts.UNDECLARED)


@dataclass(frozen=True)
class About:
    """What is said of a whole run. `note` is a sentence about what is missing; `left_out` counts cells by style alone.

    `started` is a date and time as the manifest has it, `release` that of idp-harness, `profile` a file of the user's;
    each may be empty.
    """

    started: str = ""
    release: str = ""
    note: str = ""
    left_out: int = 0
    strict: bool = False
    profile: str = ""


def document(results: Sequence[CellResult], about: About, scripts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The data of the page. `scripts` are the files of scripts by the ids of their cells, where they are known."""
    texts = _Texts()
    places = {name: place for place, name in enumerate(sorted({one.scenario for one in results}))}
    first = {one.scenario: one for one in reversed(results)}
    counts = Counter(one.verdict for one in results)
    return {
        "about": asdict(about) | {"status": verdicts.exit_status(list(results), strict=about.strict)},
        "targets": sorted({one.target for one in results}),
        "verdicts": [[verdict, counts[verdict]] for verdict in verdicts.VERDICTS if counts[verdict]],
        "levels": [level for level in LEVELS if any(one.level == level for one in results)],
        "severities": [severity for severity in SEVERITIES if any(one.severity == severity for one in results)],
        "verdict": verdict_of(results, strict=about.strict),
        "sentence": sentence(results),
        "worst": _worst(results),
        "changes": _changes(results),
        "scenarios": [_scenario(first[name]) for name in places],
        "cells": [_cell(one, places[one.scenario], texts) for one in sorted(results, key=_place)],
        "evidence": {one.id: _evidence(one, scripts or {}) for one in results if one.verdict not in _WITHOUT_EVIDENCE},
        "texts": texts.all,
    }


def sentence(results: Iterable[CellResult]) -> str:
    """What came out, in one sentence."""
    results = list(results)
    if not verdicts.was_judged(results):
        return "Nothing was judged."
    counts = Counter(one.verdict for one in results)
    judged = len(results) - counts[verdicts.SKIPPED] - counts[verdicts.UNDECLARED]
    failed, undecided = (sum(counts[one] for one in some) for some in ((verdicts.FAILED, verdicts.STALE), _UNDECIDED))
    said = [f"{failed} not as required"] if failed else []
    said += [f"{counts[verdicts.FINDING]} known findings"] if counts[verdicts.FINDING] else []
    said += [f"{undecided} undecided"] if undecided else []
    return f"Of {judged} cells that were judged {', '.join([*said, f'{counts[verdicts.PASSED]} passed'])}."


def verdict_of(results: Sequence[CellResult], *, strict: bool) -> tuple[str, str]:
    """What is to be said of the service before all else, and the verdict of a cell whose colour that has."""
    status = verdicts.exit_status(list(results), strict=strict)
    if gravest := [one for one in results if is_gravest(one)]:
        is_new = any(one.verdict == verdicts.FAILED for one in gravest)
        return "Stands open, whatever its configuration says" if is_new else "Stands open, as recorded", verdicts.FAILED
    if status == verdicts.EXIT_FAILED:
        return "Breaks what is required", verdicts.FAILED
    if not verdicts.was_judged(results):
        return "Not judged", verdicts.ERROR
    if status != verdicts.EXIT_OK:
        return "Not judged to the end", verdicts.INCONCLUSIVE
    if any(one.verdict == verdicts.FINDING for one in results):
        return "Deviates, as recorded", verdicts.FINDING
    return "Keeps all that it was asked", verdicts.PASSED


class _Texts:
    """Texts that many cells have in common stand there once."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(text)
        return self._numbers[text]


def _place(one: CellResult) -> tuple[str, str, str]:
    return one.scenario, one.style, one.id


def _scenario(one: CellResult) -> dict[str, Any]:
    return {
        "id": one.scenario,
        "title": one.title,
        "requirement": one.requirement,
        "links": links(one.requirement),
        "level": one.level,
        "severity": one.severity,
    }


def _cell(one: CellResult, scenario: int, texts: _Texts) -> list[Any]:
    """`[id, scenario, variant, style, verdict, expected, actual, reason, seconds]`, the texts as their numbers."""
    said = (texts.number(text) for text in (one.expected, one.actual, one.reason))
    return [one.id, scenario, one.variant, one.style, one.verdict, *said, round(one.duration_s, 2)]


def _evidence(one: CellResult, scripts: Mapping[str, str]) -> dict[str, Any]:
    shown = {**one.evidence, "again": again_line(one)}
    if one.config:
        shown["config"] = one.config
    if "script" in shown:
        shown["script"] = "\n".join(shown["script"])
        shown["script_file"] = scripts.get(one.id, "")
    return shown


def _worst(results: Iterable[CellResult]) -> list[dict[str, Any]]:
    """The gravest scenarios that are not as required, each with the cell that shows it."""
    groups: dict[str, list[CellResult]] = {}
    for one in sorted((one for one in results if one.verdict in _NOT_AS_REQUIRED), key=_urgency):
        groups.setdefault(one.scenario, []).append(one)
    return [
        {"cell": cells[0].id, "cells": len(cells), "again": again_line(cells[0]), "of": len(groups)}
        for cells in list(groups.values())[:_WORST]
    ]


def _urgency(one: CellResult) -> tuple[Any, ...]:
    return *gravity(one), _NOT_AS_REQUIRED.index(one.verdict), one.id


def _changes(results: Iterable[CellResult]) -> list[dict[str, Any]]:
    """What to change first: the causes of what failed, the gravest first; of what is known where nothing else is."""
    results = list(results)
    verdict = verdicts.FAILED if any(one.verdict == verdicts.FAILED for one in results) else verdicts.FINDING
    causes: dict[str, dict[str, Any]] = {}
    for one in sorted((one for one in results if one.verdict == verdict), key=_urgency):
        if advice := advice_for(one.scenario):
            cause = causes.setdefault(
                advice.name,
                {
                    "name": advice.name,
                    "why": advice.why,
                    "worst": f"{one.level}, {one.severity}",
                    "libraries": dict(advice.libraries),
                    "scenarios": [],
                },
            )
            if one.scenario not in cause["scenarios"]:
                cause["scenarios"].append(one.scenario)
    return list(causes.values())
