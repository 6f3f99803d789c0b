"""What failed is told in the order in which it should be mended, with why and how."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console
from test_summary import printed, result

from harness.base.verdicts import FAILED, FINDING, INCONCLUSIVE
from harness.report.advice import advice_for
from harness.report.first_changes import print_first_changes
from harness.scenario.loader import load_all

SCENARIOS = [one.id for one in load_all()]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_bundled_scenario_has_advice(scenario: str) -> None:
    """In one line."""
    advice = advice_for(scenario)
    assert advice is not None
    assert advice.why.endswith(".")
    assert len(advice.why) <= 130


def test_all_advice_is_of_use() -> None:
    """Each entry belongs to a scenario, and no beginning of an id is that of none."""
    used = {advice.name for one in SCENARIOS if (advice := advice_for(one))}
    from harness.base.bundled import bundled_directory
    from harness.report.advice import FILE, _read

    beginnings = _read(bundled_directory() / FILE)
    assert used == {one.name for one in beginnings.values()}
    assert [one for one in beginnings if not any(f"{id}/".startswith(f"{one}/") for id in SCENARIOS)] == []


def test_a_scenario_of_ones_own_has_none() -> None:
    assert advice_for("house/tokens/house-lifetime") is None


def text_of(*results: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_first_changes(console, list(results))  # type: ignore[arg-type]
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def failed(scenario: str, level: str, severity: str) -> object:
    return replace(result(f"{scenario}[okta]", FAILED), level=level, severity=severity)


def test_the_gravest_is_first_and_each_cause_stands_once() -> None:
    text = text_of(
        failed("transport/challenge/tr-a", "should", "critical"),
        failed("time/expiry/time-a", "must", "high"),
        failed("identity/audience/id-a", "must", "critical"),
        failed("identity/audience/id-b", "must", "low"),
    )
    assert [text.index(name) for name in ("1. audience", "2. expiry", "3. challenge")] == sorted(
        text.index(name) for name in ("1. audience", "2. expiry", "3. challenge")
    )
    assert "broken by id-a, id-b" in text
    assert 'PyJWT: jwt.decode(..., audience="my-api")' in text


def test_without_a_failure_nothing_is_to_be_changed() -> None:
    assert text_of() == ""
    assert "what to change first" in printed(result("time/expiry/a[okta]", FAILED))
    assert "what to change first" in printed(result("time/expiry/a[okta]", FINDING))


def test_few_causes_are_told_and_the_others_named() -> None:
    """What is to be done first fits on a screen."""
    areas = ("time/expiry", "identity/audience", "identity/issuer", "header", "leakage", "replay", "signature")
    text = text_of(*(failed(f"{area}/x", "must", "high") for area in areas))
    assert "  5. " in text
    assert "  6. " not in text
    assert len(text.rpartition("     then ")[2].split(", ")) == 2


def test_failures_stand_in_the_order_of_their_gravity() -> None:
    text = printed(
        replace(result("a/b/low[okta]", FAILED), severity="low"),
        replace(result("a/b/should[okta]", FAILED), level="should", severity="critical"),
        replace(result("z/b/grave[okta]", FAILED), severity="critical"),
    )
    places = [text.index(f"failed {name}") for name in ("z/b/grave", "a/b/low", "a/b/should")]
    assert places == sorted(places)


def test_one_reason_of_many_scenarios_is_told_once() -> None:
    text = printed(
        *(result(f"a/b/{name}[okta]", INCONCLUSIVE, "the control failed: 500") for name in ("one", "two")),
        result("a/b/three[okta]", INCONCLUSIVE, "another reason"),
    )
    assert text.count("the control failed: 500") == 1
    assert "inconclusive 2 cells for one reason" in text
    assert "inconclusive a/b/three" in text
