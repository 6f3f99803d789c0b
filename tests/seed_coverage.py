"""What holds each sentence of Tasker's documents, and for whom it is true: the data of docs/seed-coverage.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.base.bundled import bundled_directory
from harness.client.case_file import BUNDLED, load_cases
from harness.client.known import load_known
from harness.declared.expected import ExpectedFinding, expected_files, load_expected
from harness.declared.profile import Profile, find_profile, load_profile
from harness.grammar.model import Scenario
from harness.grammar.vocabulary import VENDORS
from harness.scenario.loader import load_all
from harness.scenario.plan import plan

TESTS = Path(__file__).parent
FILE = TESTS / "seed_coverage.toml"
HOLDS, FINDING, NOT_TRIED, NOT_APPLICABLE = "holds", "finding", "not tried", "–"
VERDICTS = (HOLDS, FINDING, NOT_TRIED, NOT_APPLICABLE)
# Clients, of which only what `idp-harness client` and `seen` tell is known.
TOOLS = ("tasker-ctl", "tasker-py")
# The services, each with the profiles by which it is judged.
SERVICES = {
    "reference": ("reference", "windmill"),
    "worker": ("tasker-worker",),
    "orchestration": ("tasker-orchestration",),
}
COLUMNS = (*SERVICES, *TOOLS)
HOLDERS = ("scenarios", "cases", "rules", "tests")


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence is true of a service or tool, and what happens instead, or what was seen."""

    word: str
    why: str = ""


@dataclass(frozen=True)
class Statement:
    """A sentence of a document, what holds it, and what was seen of it where none of that tells.

    Where it isn't true and `leaves_open`, who believes it has a service that is open to everybody.
    """

    document: str
    section: str
    says: str
    holders: Mapping[str, Sequence[str]]
    open: str
    leaves_open: bool
    seen: Mapping[str, Verdict]

    @property
    def is_held(self) -> bool:
        return any(self.holders.values())

    def verdict(self, column: str) -> Verdict:
        """What is known of it for a service or a client."""
        if column in self.seen:
            return self.seen[column]
        return (
            _of_tool(column, self.holders["cases"])
            if column in TOOLS
            else _of_service(column, self.holders["scenarios"])
        )


def statements() -> list[Statement]:
    """All of them, in the order of the file."""
    return [
        Statement(
            one["document"],
            one["section"],
            one["says"],
            {name: one.get(name, []) for name in HOLDERS},
            one.get("open", ""),
            one.get("leaves_open", False),
            {column: Verdict(*seen) for column, seen in one.get("seen", {}).items()},
        )
        for one in read()["statement"]
    ]


def read() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def documents() -> dict[str, str]:
    """The documents' names by their words in the file."""
    return dict(read()["documents"])


@cache
def known_scenarios() -> dict[str, Scenario]:
    return {scenario.id: scenario for scenario in load_all()}


@cache
def _profile(name: str) -> Profile:
    return load_profile(find_profile(name))


@cache
def _findings(target: str) -> list[ExpectedFinding]:
    """Where a target differs from another one's findings, it has none."""
    known = load_expected(target, known_scenarios().values())
    return [one for one in known if isinstance(one, ExpectedFinding)]


@cache
def _runs(profile: str, scenario: str) -> bool:
    """Whether a cell of the scenario is run on the services of this profile."""
    name, variant = parted(scenario)
    planned = plan([known_scenarios()[name]], _profile(profile), profile, VENDORS)
    return any(not one.verdict and variant in ("", one.cell.variant.name) for one in planned)


def parted(scenario: str) -> tuple[str, str]:
    """The id and the variant, if one is named: `ID[VARIANT]`."""
    name, _, variant = scenario.partition("[")
    return name, variant.removesuffix("]")


def _breaks(finding: ExpectedFinding, scenario: str) -> bool:
    """Whether the finding is one of this scenario, or of its variant."""
    name, variant = parted(scenario)
    return finding.scenario == name and (not variant or not finding.variants or variant in finding.variants)


def _of_service(service: str, scenarios: Sequence[str]) -> Verdict:
    """A sentence is true where each scenario that is run there passes."""
    profiles = SERVICES[service]
    run = [one for one in scenarios if any(_runs(profile, one) for profile in profiles)]
    if not run:
        return Verdict(NOT_APPLICABLE)
    if service != "reference" and not expected_files(profiles[0]):
        return Verdict(NOT_TRIED)
    findings = [one for profile in profiles for one in _findings(profile)]
    reasons = [one.reason for one in findings if any(_breaks(one, scenario) for scenario in run)]
    return Verdict(FINDING, " ".join(dict.fromkeys(reasons))) if reasons else Verdict(HOLDS)


@cache
def _tool_findings(tool: str) -> dict[str, str]:
    file = load_cases(BUNDLED / "tasker.toml")
    return {case: one.reason for case, one in load_known(BUNDLED / "expected" / f"{tool}.toml", file).items()}


def _of_tool(tool: str, cases: Sequence[str]) -> Verdict:
    if not cases:
        return Verdict(NOT_APPLICABLE)
    found = _tool_findings(tool)
    reasons = [found[case] for case in cases if case in found]
    return Verdict(FINDING, " ".join(dict.fromkeys(reasons))) if reasons else Verdict(HOLDS)


def untrue() -> Iterator[tuple[Statement, dict[str, str]]]:
    """The sentences that are not true somewhere: where, with what happens instead; first what opens a service."""
    for one in sorted(statements(), key=lambda one: not one.leaves_open):
        found = {column: one.verdict(column) for column in COLUMNS}
        if where := {column: verdict.why for column, verdict in found.items() if verdict.word == FINDING}:
            yield one, where


def expected_folder() -> Path:
    """Where the findings of the targets are."""
    return bundled_directory() / "expected"
