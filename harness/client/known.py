"""Deviations that are known of a program: a deviating case among them is a finding, one that passes is stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.base.verdicts import FAILED, FINDING, PASSED, STALE, CellResult
from harness.client.case_file import BUNDLED, CaseFile
from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import TEXT, check_kinds, items

FOLDER = BUNDLED / "expected"
_KEYS = ("cases", "requirement", "reason")
_KINDS = {"cases": items(TEXT, "a list of cases, one at least", some=True), "requirement": TEXT, "reason": TEXT}


@dataclass(frozen=True)
class Known:
    """What a program is known to do instead of what a case wants, and which sentence that breaks."""

    requirement: str
    reason: str


def bundled_known(program: str) -> Path | None:
    """The file about a program of this name, if one comes with the harness."""
    file = FOLDER / f"{Path(program).name}.toml"
    return file if file.is_file() else None


def load_known(file: Path, cases: CaseFile) -> Mapping[str, Known]:
    """Read a file of known deviations by their cases. Raises `ScenarioFileError`, also for a case that isn't there."""
    source = TomlSource(file)
    source.check_keys(source.data, ("finding",), (), "a file of known deviations")
    names = [case.name for case in cases.cases]
    found: dict[str, Known] = {}
    entries = source.data.get("finding", [])
    if not isinstance(entries, list):
        source.fail(("finding",), "each finding is a table in double brackets, [[finding]]")
    for number, entry in enumerate(entries):
        place = ("finding", number)
        source.check_keys(entry, _KEYS, place, "a finding")
        source.check_has(entry, _KEYS, place, "a finding")
        check_kinds(source, entry, _KINDS, place)
        for name in entry["cases"]:
            source.check_word(name, names, (*place, "cases"), "case")
            found[name] = Known(entry["requirement"], entry["reason"])
    return found


def apply(result: CellResult, known: Mapping[str, Known]) -> CellResult:
    """Turn a failure that is known into a finding, and a pass that is known as a failure into a stale entry."""
    if (one := known.get(result.scenario)) is None:
        return result
    if result.verdict == FAILED:
        result.verdict, result.reason = FINDING, one.reason
    elif result.verdict == PASSED:
        result.verdict, result.reason = STALE, "passed, although it is known as a finding: take the entry out"
    return result
