"""Which cells there are for a target: scenarios × styles × variants, in groups that share a running service."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.errors import UsageError
from harness.loader import parse_policy
from harness.model import Cell, Scenario, Variant
from harness.profile import Profile
from harness.verdicts import SKIPPED, UNDECLARED
from harness.vocabulary import STYLES

# As many timed cells run side by side: they mostly wait, but each has a service of its own.
TIMED_GROUP_SIZE = 16
_ROUTE_WORD = re.compile(r"\{([a-z_]+)\.(?:permission|resource|action|path|method)[|}]")


@dataclass(frozen=True)
class PlannedCell:
    """A cell with the group it runs in; `verdict` is set when there is nothing to run, with the `reason`."""

    cell: Cell
    group: str
    verdict: str = ""
    reason: str = ""


def select(scenarios: Iterable[Scenario], prefixes: Sequence[str]) -> list[Scenario]:
    """The scenarios whose id starts with one of `prefixes`, or whose slug is one; all without prefixes.

    Raises `UsageError` for a prefix that selects nothing.
    """
    scenarios = list(scenarios)
    if not prefixes:
        return scenarios
    for prefix in prefixes:
        if not any(_matches(scenario, prefix) for scenario in scenarios):
            words = {
                word for s in scenarios for word in (s.id, s.slug, s.id.rpartition("/")[0], s.id.partition("/")[0])
            }
            close = difflib.get_close_matches(prefix, words, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else "; `idp-harness list` shows them"
            raise UsageError(f"no scenario's id starts with {prefix!r}{hint}")
    return [scenario for scenario in scenarios if any(_matches(scenario, prefix) for prefix in prefixes)]


def _matches(scenario: Scenario, prefix: str) -> bool:
    return scenario.id.startswith(prefix) or scenario.slug == prefix


def plan(
    scenarios: Iterable[Scenario], profile: Profile, target: str, styles: Sequence[str] = STYLES
) -> list[PlannedCell]:
    """The cells of a target, the timed ones first; skipped and undeclared ones have their verdict already."""
    fast: list[PlannedCell] = []
    timed: list[Cell] = []
    for scenario in scenarios:
        for variant in scenario.variants:
            for style in variant.styles:
                if style not in styles:
                    continue
                cell = Cell(scenario, variant, style)
                verdict, reason = _without_running(variant, profile)
                if not verdict and scenario.timed:
                    timed.append(cell)
                else:
                    fast.append(PlannedCell(cell, _group(target, cell), verdict, reason))
    # A group ends when its slowest cell does: cells of one length stand together, the longest first.
    timed.sort(key=lambda cell: (-_seconds(cell.variant, profile), cell.id))
    grouped = [
        PlannedCell(cell, f"{target}-timed-{number // TIMED_GROUP_SIZE:02}") for number, cell in enumerate(timed)
    ]
    return grouped + fast


def _seconds(variant: Variant, profile: Profile) -> float:
    """About how long a timed cell takes: its waits, and part of its deadlines."""
    waits = sum(profile.duration(step.args) for step in variant.steps if step.do == "wait")
    deadlines = [step.args[key] for step in variant.steps for key in ("within", "answer_within") if key in step.args]
    return waits + sum(map(profile.duration, deadlines)) / 4


def _group(target: str, cell: Cell) -> str:
    digest = hashlib.sha256(repr(cell.config_key).encode()).hexdigest()[:6] if cell.config_key else "plain"
    return f"{target}-{cell.style}-{digest}"


def _without_running(variant: Variant, profile: Profile) -> tuple[str, str]:
    for capability in sorted(variant.needs - profile.capabilities):
        return SKIPPED, f"the target lacks {capability}: {profile.lacks.get(capability, 'not declared')}"
    for route in sorted(_routes(variant)):
        if route not in profile.routes and route not in {r.path for r in profile.public}:
            return SKIPPED, f"the profile {profile.name} has no route {route!r}"
    for knob in _knobs(variant):
        if knob not in profile.policy:
            return UNDECLARED, f"the profile {profile.name} doesn't declare the policy {knob!r}"
    return "", ""


def _routes(variant: Variant) -> set[str]:
    names = set(_ROUTE_WORD.findall(repr((variant.steps, variant.control))))
    requests = [step.args["request"] for step in variant.steps if "request" in step.args]
    if variant.control and "request" in variant.control:
        requests.append(variant.control["request"])
    for request in requests:
        names.add(request if isinstance(request, str) else request.get("route", "read"))
    for step in variant.steps:
        if step.do == "send-to-routes" and not isinstance(step.args["routes"], str):
            names.update(step.args["routes"])
    return names


def _knobs(variant: Variant) -> list[str]:
    policies = [parse_policy(step.args["policy"]) for step in variant.steps if "policy" in step.args]
    knobs = [policy.knob for policy in policies] + ([variant.policy.knob] if variant.policy else [])
    # A time counted in leeways means nothing where no leeway is declared.
    return [*knobs, "leeway_seconds"] if "leeways" in repr((variant.steps, variant.control)) else knobs
