"""Deviations of a target that are known: data with a reason, and they must fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.base.bundled import bundled_directory
from harness.base.verdicts import FAILED, FINDING, HELD_UP, INCONCLUSIVE, PASSED, STALE, CellResult
from harness.grammar.model import Cell, Scenario
from harness.grammar.toml_source import TomlSource, shown
from harness.grammar.value_kinds import TEXTS, check_kinds
from harness.grammar.vocabulary import VENDORS

_LISTS = dict.fromkeys(("variants", "styles"), TEXTS)
_KEYS = ("scenario", "variants", "styles", "requirement", "reason")


@dataclass(frozen=True)
class ExpectedFinding:
    """A scenario that a target is known to fail; empty `variants` or `styles` mean all of them."""

    scenario: str
    requirement: str
    reason: str
    variants: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def covers(self, cell: Cell) -> bool:
        return (
            cell.scenario.id == self.scenario
            and (not self.variants or cell.variant.name in self.variants)
            and (not self.styles or cell.style in self.styles)
        )


def load_expected(
    target: str, scenarios: Iterable[Scenario], directories: Iterable[Path] = ()
) -> list[ExpectedFinding]:
    """The expected findings of a target: `expected/<target>.toml` of each scenario directory.

    Raises `ScenarioFileError` for an entry whose scenario or variant doesn't exist: it would expect nothing.
    """
    known = {scenario.id: {variant.name for variant in scenario.variants} for scenario in scenarios}
    return [finding for file in expected_files(target, directories) for finding in _load(file, known)]


def expected_files(target: str, directories: Iterable[Path] = ()) -> list[Path]:
    """The files with expected findings of a target that there are."""
    files = [directory / "expected" / f"{target}.toml" for directory in [*directories, bundled_directory()]]
    return [file for file in files if file.is_file()]


def _load(file: Path, known: dict[str, set[str]]) -> list[ExpectedFinding]:
    source = TomlSource(file)
    source.check_keys(source.data, ("finding",), (), "a file of expected findings")
    findings = []
    entries = source.data.get("finding", [])
    if not isinstance(entries, list):
        source.fail(("finding",), "each finding is a table in double brackets, [[finding]]")
    for number, entry in enumerate(entries):
        place = ("finding", number)
        source.check_keys(entry, _KEYS, place, "a finding")
        for key in ("scenario", "requirement", "reason"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                source.fail(place, f"the finding {shown(entry.get('scenario', ''))} needs {key}")
        check_kinds(source, entry, _LISTS, place)
        source.check_word(entry["scenario"], known, (*place, "scenario"), "scenario")
        for name in entry.get("variants", []):
            source.check_word(name, known[entry["scenario"]], (*place, "variants"), f"variant of {entry['scenario']}")
        for style in entry.get("styles", []):
            source.check_word(style, VENDORS, (*place, "styles"), "style")
        findings.append(
            ExpectedFinding(
                entry["scenario"],
                entry["requirement"],
                entry["reason"],
                tuple(entry.get("variants", ())),
                tuple(entry.get("styles", ())),
            )
        )
    return findings


def apply(result: CellResult, cell: Cell, findings: Iterable[ExpectedFinding]) -> CellResult:
    """Turn a failure that is listed into a finding, and a pass that is listed as a failure into a stale entry."""
    finding = next((one for one in findings if one.covers(cell)), None)
    # It is known to deviate, so nobody asks whether this time it was the machine.
    deviated = result.verdict == FAILED or (HELD_UP in result.evidence and result.actual)
    if finding and deviated and result.verdict in (FAILED, INCONCLUSIVE):
        result.verdict, result.reason = FINDING, finding.reason
    elif finding and result.verdict == PASSED and (held_up := result.evidence.get(HELD_UP)):
        result.verdict, result.reason = INCONCLUSIVE, f"{held_up}. It passed, although it is listed as a finding"
    elif finding and result.verdict == PASSED:
        result.verdict = STALE
        result.reason = "passed, although it is listed as an expected finding: take the entry out"
    return result
