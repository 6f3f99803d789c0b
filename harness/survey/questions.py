"""Which cases can tell what a service does where documents leave it open, and which values they tell apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.base.verdicts import UNDECLARED
from harness.declared.profile import Profile
from harness.grammar.model import Policy, Scenario, Variant, parse_policy
from harness.grammar.policies import Knob
from harness.scenario.plan import plan
from harness.steps import STEPS


@dataclass(frozen=True)
class Question:
    """Short cases of a scenario that depend on a knob. `policies` are what they ask of it.

    Without any they are for services that have declared the knob so: they tell that value by passing.
    """

    scenario: Scenario
    variants: tuple[Variant, ...]
    policies: tuple[Policy, ...]


def questions(knob: Knob, scenarios: Iterable[Scenario]) -> list[Question]:
    """The cases whose expectation the knob is; where there are none, those that are for its owners."""
    asked, meant = [], []
    for scenario in scenarios:
        if scenario.timed or scenario.start != "automatic":
            continue
        cases = [one for one in scenario.variants if knob.name not in one.when and _policies(one, knob.name)]
        if cases:
            said = tuple(policy for one in cases for policy in _policies(one, knob.name))
            asked.append(Question(scenario, tuple(cases), said))
        elif owners := [one for one in scenario.variants if knob.name in one.when]:
            meant.append(Question(scenario, tuple(owners), ()))
    return asked or meant


def values(knob: Knob, asked: Sequence[Question]) -> list[Any]:
    """The value first for which each case asks for something: with one that asks for nothing every service agrees."""
    types: dict[str, list[Any]] = {"flag": [True, False], "word": [*knob.words]}
    choices = types.get(knob.type, [])
    policies = [policy for one in asked for policy in one.policies]
    return sorted(choices, key=lambda value: "observe" in {one.expectation(value) for one in policies})


def thresholds(asked: Sequence[Question], knob: str) -> dict[float, list[tuple[Scenario, Variant]]]:
    """The cases of a knob that is a number, by the least number from which on they expect otherwise."""
    found: dict[float, list[tuple[Scenario, Variant]]] = {}
    for one in asked:
        for variant in one.variants:
            least = {policy.at_least for policy in _policies(variant, knob)}
            if len(least) == 1 and (number := least.pop()) is not None:
                found.setdefault(number, []).append((one.scenario, variant))
    return dict(sorted(found.items()))


def cost(asked: Iterable[Question]) -> int:
    """0 for cases that any running service answers, 1 with a changed key set, 2 for those that need a start."""
    variants = [variant for one in asked for variant in one.variants]
    if any(one.config for one in variants):
        return 2
    return int(any(takes_up_keys(one) for one in variants))


def takes_up_keys(variant: Variant) -> bool:
    return any(STEPS[step.do].says.takes_up_keys for step in variant.steps)


def of_account(
    scenarios: Iterable[Scenario], profile: Profile, known: Mapping[str, Any], target: str, style: str
) -> Collection[str]:
    """The knobs without which a run would call some case undeclared, when those that are `known` are declared."""
    policy = {**profile.policy, **known}
    planned = plan(scenarios, replace(profile, policy=policy), target, (style,))
    cells = [one.cell for one in planned if one.verdict == UNDECLARED]
    return {knob for cell in cells for knob in cell.variant.knobs if knob not in policy}


def _policies(variant: Variant, knob: str) -> list[Policy]:
    """What a case and its steps ask of a knob."""
    said = [parse_policy(step.args["policy"]) for step in variant.steps if "policy" in step.args]
    return [one for one in (variant.policy, *said) if one is not None and one.knob == knob]
