"""The suite against the catalogue of cases and faults that it was written from, where that lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.reference.faults import FAULTS
from harness.scenario.loader import load_all

CATALOGUE = Path(__file__).resolve().parents[3] / "shared" / "catalogue"
LEVELS = {"must": "must", "should": "should", "policy-dependent": "policy"}
# The catalogue says "should"; with credentials the document of the product is a must, as its `why` says itself.
# Of the other two it says "must", which no document does.
OTHER_LEVELS = {"cfg-off-is-404", "leak-no-echo", "leak-no-internals"}
# The scenario that takes some of a case's variants, where these are another requirement.
SPLIT = {"http-encoding-bom": "http-transfer-coding"}

pytestmark = pytest.mark.skipif(not CATALOGUE.is_dir(), reason="the catalogue does not lie beside the project")


def read(name: str) -> dict[str, Any]:
    file = CATALOGUE / name
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {"cases": [], "mutants": []}


CASES = read("cases.json")["cases"]
SCENARIOS = {scenario.slug: scenario for scenario in load_all()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_case_is_a_scenario_with_all_its_variants(case: dict[str, Any]) -> None:
    scenario = SCENARIOS[case["id"]]
    variants = [*scenario.variants, *(SCENARIOS[SPLIT[case["id"]]].variants if case["id"] in SPLIT else ())]
    assert len(variants) >= len(case.get("variants") or [""])
    # The catalogue has no word for a service that stands open.
    assert scenario.severity.replace("catastrophic", "critical") == case["severity"]
    if case["id"] not in OTHER_LEVELS:
        assert scenario.bound_by(["tasker", "windmill"]).level == LEVELS[case["default"]]


def test_every_fault_of_the_catalogue_is_one_of_the_reference() -> None:
    known = read("mutants.json")
    names = {fault["id"] for fault in [*known["mutants"], *known.get("reserve", [])]}
    assert names <= FAULTS.keys()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda scenario: str(scenario.slug))
def test_a_scenario_catches_a_fault_or_is_a_positive_control(scenario: Any) -> None:
    assert bool(scenario.kills) != scenario.positive_control
