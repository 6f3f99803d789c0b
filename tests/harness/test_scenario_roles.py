"""What in a scenario sets up, what judges, and for whom: held for the areas that were gone through for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from harness.base.bundled import bundled_directory
from harness.base.verdicts import UNDECLARED
from harness.declared.profile import load_profile
from harness.grammar.model import Scenario, Step, Variant
from harness.grammar.policies import known_knobs
from harness.scenario.loader import load_all
from harness.scenario.plan import plan

AREAS = {
    "api-key",
    "baseline",
    "configuration",
    "config-endpoint",
    "header",
    "identity",
    "jwks-document",
    "jwks-http",
    "kid",
    "leakage",
    "metrics",
    "precedence",
    "public",
    "replay",
    "rotation",
    "signature",
    "tenant",
    "time",
    "token-structure",
    "transport",
}
SCENARIOS = [one for one in load_all() if one.id.partition("/")[0] in AREAS]
CASES = [(scenario, variant) for scenario in SCENARIOS for variant in scenario.variants]
# Tasker's name, and those of its documents.
OF_ONE_PRODUCT = re.compile(
    r"Tasker|ADR-012|Configuration Reference|External Auth Provider|Authentication & Authorization|API Security Guide"
)
REFERENCE = load_profile(bundled_directory() / "profiles" / "reference.toml")


def named(scenario: Scenario, variant: Variant) -> str:
    return f"{scenario.slug} {variant.name}".strip()


def test_there_are_scenarios_of_each_area() -> None:
    """A misspelt area would hold nothing."""
    assert {one.id.partition("/")[0] for one in SCENARIOS} == AREAS


def test_what_binds_every_service_names_no_product() -> None:
    """A stranger's report shows title and requirement; what one product's documents demand stands beside them."""
    assert [one.slug for one in SCENARIOS if OF_ONE_PRODUCT.search(f"{one.title} {one.requirement}")] == []


def test_a_policys_sentence_names_no_product() -> None:
    """A profile of any service is asked for it."""
    assert [knob.name for knob in known_knobs().values() if OF_ONE_PRODUCT.search(knob.sentence)] == []


def brings(step: Step) -> str:
    """The name of the key that a step publishes for tokens to come."""
    published = step.do == "publish-key" and step.args.get("state") != "hidden" and "issuer" not in step.args
    return str(step.args["name"]) if published else ""


def signed_by(step: Step) -> str:
    token = step.args.get("token", {})
    return str(token.get("key", "")) if step.do in ("send", "send-until", "send-in-background") else ""


TAKEN_UP = ("take-up-keys", "start-service", "restart-service")


def waits_in_vain(variant: Variant) -> bool:
    """Whether a token of a new key comes before the service was let take it up."""
    waiting: set[str] = set()
    for step in variant.steps:
        if signed_by(step) in waiting:
            return True
        waiting = set() if step.do in TAKEN_UP else waiting | {brings(step)} - {""}
    return False


def test_a_new_key_comes_in_the_way_that_the_service_gets_keys() -> None:
    """A case that waits for one is for services that fetch for it, or by the clock, or it lets them take it up."""
    assert [
        named(scenario, variant)
        for scenario, variant in CASES
        if waits_in_vain(variant)
        and variant.when.get("unknown_kid_refetches") is not True
        and not (scenario.timed and variant.when.get("timed_refresh"))
    ] == []


def refused_unseen(variant: Variant) -> bool:
    """Whether a new key's token must be refused before anything has shown that the service knows the key set.

    That is another key of the set that is accepted.
    """
    new: set[str] = set()
    for step in variant.steps:
        new |= {brings(step)} - {""}
        expectation = step.args.get("expect", "" if "policy" in step.args else "accept")
        if signed_by(step) in new and expectation == "accept":
            return False
        if signed_by(step) in new and expectation == "reject":
            return True
    return False


def test_a_key_is_refused_only_after_another_one_of_its_set_was_accepted() -> None:
    """Else it could have been refused because nobody ever saw it."""
    assert [named(scenario, variant) for scenario, variant in CASES if refused_unseen(variant)] == []


def tokens(variant: Variant) -> Iterator[dict[str, Any]]:
    yield from (step.args["token"] for step in variant.steps if "token" in step.args)


def without(claim: str) -> Callable[[Scenario, Variant], bool]:
    """Whether a token lacks the claim, and hasn't it in another spelling instead."""
    return lambda _, variant: any(
        claim in token.get("without", ()) and "raw_members" not in token for token in tokens(variant)
    )


def waits_for_a_refresh(scenario: Scenario, variant: Variant) -> bool:
    return any(step.do == "wait" and step.args.get("refresh") for step in variant.steps)


# Choices that RFCs leave open, and the cases that depend on them.
DEPENDS: dict[str, Callable[[Scenario, Variant], bool]] = {
    "audience_required": without("aud"),
    "iss_required": without("iss"),
    "sub_required": without("sub"),
    "exp_required": without("exp"),
    "timed_refresh": waits_for_a_refresh,
    "stale_keys_": lambda scenario, variant: (
        waits_for_a_refresh(scenario, variant) and "max_stale_seconds" in variant.config
    ),
    "jwks_redirects_followed": lambda _, variant: any(step.args.get("kind") == "redirect" for step in variant.steps),
    "several_algorithms": lambda _, variant: len(variant.config.get("allowed_algorithms", ())) > 1,
    "at_jwt_accepted": lambda _, variant: any(
        token.get("header", {}).get("typ") == "at+jwt" for token in tokens(variant)
    ),
    "empty_kid_refused": lambda _, variant: any(
        token.get("header_raw", {}).get("kid") == '""' for token in tokens(variant)
    ),
    "uniform_401": lambda _, variant: any(step.do == "expect-alike" for step in variant.steps),
    "resource_wildcard": lambda _, variant: any(
        str(one).endswith("resource}:*") for token in tokens(variant) for one in token.get("permissions", ())
    ),
}


@pytest.mark.parametrize("knob", DEPENDS)
def test_a_choice_is_asked_for_wherever_it_matters(knob: str) -> None:
    """A policy is asked everywhere or nowhere."""
    matters = [(scenario, variant) for scenario, variant in CASES if DEPENDS[knob](scenario, variant)]
    assert matters
    assert [
        named(scenario, variant)
        for scenario, variant in matters
        if not any(one.startswith(knob) for one in variant.knobs)
    ] == []


def test_what_rests_on_an_undeclared_policy_cannot_fail() -> None:
    """It isn't run, whatever else the profile declares."""
    for knob in {knob for _, variant in CASES for knob in variant.knobs}:
        profile = replace(REFERENCE, policy={name: value for name, value in REFERENCE.policy.items() if name != knob})
        asking = [one for one in SCENARIOS if any(knob in variant.knobs for variant in one.variants)]
        cells = [one for one in plan(asking, profile, "reference") if knob in one.cell.variant.knobs]
        assert (knob, {one.verdict for one in cells}) == (knob, {UNDECLARED})
