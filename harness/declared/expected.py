"""Deviations of a target that are known: data with a reason, and they must fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.bundled import bundled_directory
from harness.base.verdicts import FAILED, FINDING, HELD_UP, INCONCLUSIVE, PASSED, STALE, CellResult
from harness.grammar.model import Cell, Scenario
from harness.grammar.toml_source import TomlSource, shown
from harness.grammar.value_kinds import TEXTS, check_kinds
from harness.grammar.vocabulary import VENDORS

_LISTS = dict.fromkeys(("variants", "styles"), TEXTS)
_TABLES = ("finding", "same_as", "differs")
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


@dataclass(frozen=True)
class Difference:
    """Where a target keeps a scenario, although the one whose findings it shares, `other`, has these `findings`."""

    scenario: str
    other: str
    reason: str
    findings: tuple[ExpectedFinding, ...]

    def covers(self, cell: Cell) -> bool:
        return any(one.covers(cell) for one in self.findings)


Known = ExpectedFinding | Difference


def load_expected(target: str, scenarios: Iterable[Scenario], directories: Iterable[Path] = ()) -> list[Known]:
    """What is known of a target: `expected/<target>.toml` of each scenario directory.

    A file with `same_as` has the findings of that target too, but for the scenarios that it names itself.

    Raises `ScenarioFileError` for an entry whose scenario or variant doesn't exist: it would expect nothing.
    """
    known = {scenario.id: {variant.name for variant in scenario.variants} for scenario in scenarios}
    folders = list(directories)
    return [one for file in expected_files(target, folders) for one in _load(file, known, folders)]


def expected_file(folder: Path, target: str) -> Path:
    """Where the expected findings of a target, or of a profile, stand in a folder of scenarios or beside a profile."""
    return folder / "expected" / f"{target}.toml"


def expected_files(target: str, directories: Iterable[Path] = ()) -> list[Path]:
    """The files with expected findings of a target that there are, each once."""
    files = [expected_file(folder, target) for folder in [*directories, bundled_directory()]]
    return [*{file.resolve(): file for file in files if file.is_file()}.values()]


_Scenarios = dict[str, set[str]]


def _load(file: Path, known: _Scenarios, directories: list[Path]) -> list[Known]:
    source = TomlSource(file)
    source.check_keys(source.data, _TABLES, (), "a file of expected findings")
    entries: list[Known] = [_finding(source, *one, known) for one in _tables(source, "finding")]
    other = source.data.get("same_as")
    if other is None:
        if "differs" in source.data:
            source.fail(("differs",), "there is nothing to differ from: same_as names the target whose findings it has")
        return entries
    files = expected_files(other, directories) if isinstance(other, str) else []
    if not files or file in files:
        source.fail(("same_as",), f"same_as must name another target with expected findings, not {shown(other)}")
    shared = [one for file in files for one in _shared(TomlSource(file), known)]
    entries += [_difference(source, *one, other, shared) for one in _tables(source, "differs")]
    own = {one.scenario for one in entries}
    return entries + [one for one in shared if one.scenario not in own]


def _shared(source: TomlSource, known: _Scenarios) -> list[ExpectedFinding]:
    """The findings that stand in a file that another one is the same as."""
    if "same_as" in source.data:
        source.fail(("same_as",), "another file is the same as this one, so it must have all of its findings itself")
    return [_finding(source, *one, known) for one in _tables(source, "finding")]


def _tables(source: TomlSource, name: str) -> list[tuple[dict[str, Any], tuple[str, int]]]:
    """The tables of an array, each with its place."""
    entries = source.data.get(name, [])
    if not isinstance(entries, list):
        source.fail((name,), f"each {name} is a table in double brackets, [[{name}]]")
    return [(entry, (name, number)) for number, entry in enumerate(entries)]


def _difference(
    source: TomlSource, entry: dict[str, Any], place: tuple[str, int], other: str, shared: list[ExpectedFinding]
) -> Difference:
    source.check_keys(entry, ("scenario", "reason"), place, "a difference")
    _check_texts(source, entry, place, "the difference", ("scenario", "reason"))
    source.check_word(
        entry["scenario"], {one.scenario for one in shared}, (*place, "scenario"), f"scenario with a finding of {other}"
    )
    findings = tuple(one for one in shared if one.scenario == entry["scenario"])
    return Difference(entry["scenario"], other, entry["reason"], findings)


def _finding(source: TomlSource, entry: dict[str, Any], place: tuple[str, int], known: _Scenarios) -> ExpectedFinding:
    source.check_keys(entry, _KEYS, place, "a finding")
    _check_texts(source, entry, place, "the finding", ("scenario", "requirement", "reason"))
    check_kinds(source, entry, _LISTS, place)
    source.check_word(entry["scenario"], known, (*place, "scenario"), "scenario")
    for name in entry.get("variants", []):
        source.check_word(name, known[entry["scenario"]], (*place, "variants"), f"variant of {entry['scenario']}")
    for style in entry.get("styles", []):
        source.check_word(style, VENDORS, (*place, "styles"), "style")
    return ExpectedFinding(
        entry["scenario"],
        entry["requirement"],
        entry["reason"],
        tuple(entry.get("variants", ())),
        tuple(entry.get("styles", ())),
    )


def _check_texts(
    source: TomlSource, entry: dict[str, Any], place: tuple[str, int], what: str, keys: Iterable[str]
) -> None:
    for key in keys:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            source.fail(place, f"{what} {shown(entry.get('scenario', ''))} needs {key}")


def apply(result: CellResult, cell: Cell, known: Iterable[Known]) -> CellResult:
    """Turn a failure that is listed into a finding, and a pass that is listed as a failure into a stale entry.

    A pass of what another service fails says so in its reason.
    """
    finding = next((one for one in known if one.covers(cell)), None)
    if isinstance(finding, Difference):
        if result.verdict == PASSED:
            result.reason = f"unlike {finding.other}: {finding.reason}"
        return result
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
