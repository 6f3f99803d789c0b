"""Which cells there are for a target: scenarios × styles × variants, and which process runs them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from harness.base.errors import UsageError
from harness.base.verdicts import SKIPPED, UNDECLARED
from harness.declared.profile import Profile
from harness.grammar.model import Cell, Scenario, Variant
from harness.grammar.vocabulary import (
    BEARER_HEADER,
    MCP_STYLE,
    NEIGHBOUR,
    OF_ALL_SERVICES,
    OWN_SOCKET,
    READABLE_LOG,
    STYLES,
    USUAL_SETTINGS,
)
from harness.scenario.apart import why_nothing_is_shown
from harness.scenario.real_issuer import beyond_a_real_issuer
from harness.scenario.styles import styles_of
from harness.steps import STEPS

# Starting a real service costs as much as this many cells that are run on it.
_START_COST = 60
# Services rest between two fetches for up to five minutes; twice that is more than a case waits.
_MOST_REST_SECONDS = 300.0


@dataclass(frozen=True)
class PlannedCell:
    """A cell with the `share` of the matrix that it belongs to: each process that runs cells has one.

    `verdict` is set when there is nothing to run, with the `reason`.
    """

    cell: Cell
    share: str
    verdict: str = ""
    reason: str = ""


def select(scenarios: Iterable[Scenario], prefixes: Sequence[str]) -> list[Scenario]:
    """The scenarios whose id starts with one of `prefixes`, or whose slug is one; all without prefixes.

    A prefix may be the id of a cell, `area/topic/slug[style-variant]`: see `keep_cells`.
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
    if "[" in prefix:
        return scenario.id == prefix.partition("[")[0]
    return scenario.id.startswith(prefix) or scenario.slug == prefix


def keep_cells(planned: Sequence[PlannedCell], prefixes: Sequence[str]) -> list[PlannedCell]:
    """Of the planned cells those that `prefixes` choose, where some of these are ids of cells.

    Raises `UsageError` for an id of a cell that isn't among them.
    """
    ids, others = {one for one in prefixes if "[" in one}, [one for one in prefixes if "[" not in one]
    known = {one.cell.id for one in planned}
    for cell_id in sorted(ids - known):
        every = {cell.id for one in planned for cell in _in_every_style(one.cell)}
        close = difflib.get_close_matches(cell_id, every, n=1)
        raise UsageError(f"there is no cell {cell_id!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return [
        one
        for one in planned
        if not ids or one.cell.id in ids or any(_matches(one.cell.scenario, prefix) for prefix in others)
    ]


def without_waiting(planned: Iterable[PlannedCell]) -> list[PlannedCell]:
    """Those that are over at once: no time passes in them, and the service need take up no new key.

    That may take it a fetch, the rest of a cool-down, or another start. Raises `UsageError` where none is left.
    """
    kept = [one for one in planned if one.verdict or not _waits(one.cell)]
    if all(one.verdict for one in kept):
        raise UsageError("no case of these is a fast one: each waits for something")
    return kept


def _waits(cell: Cell) -> bool:
    says = [STEPS[step.do].says for step in cell.variant.steps]
    return cell.scenario.timed or any(one.waits or one.takes_up_keys for one in says)


def _in_every_style(cell: Cell) -> list[Cell]:
    return [replace(cell, style=style) for style in styles_of(cell.scenario, cell.variant, STYLES)]


def left_out(planned: Iterable[PlannedCell], prefixes: Sequence[str] = ()) -> int:
    """How many more cells there would be in all `STYLES` beside those that were planned without any asked for.

    Only what would be run counts, and nothing beside a cell that `prefixes` name by its id, or in a style of its own.
    """
    running = [
        one.cell for one in planned if not one.verdict and one.cell.id not in prefixes and one.cell.style in STYLES
    ]
    variants = {(cell.scenario.id, cell.variant.name): cell for cell in running}
    return sum(len(_in_every_style(cell)) for cell in variants.values()) - len(running)


def plan(
    scenarios: Iterable[Scenario],
    profile: Profile,
    target: str,
    styles: Sequence[str] = (),
    shares: int = 1,
    named: Collection[str] = (),
) -> list[PlannedCell]:
    """The cells of a target, dealt out to so many shares; skipped and undeclared ones have their verdict already.

    `styles` are those that somebody asks for; without any each variant has its own (`styles_of`), and those beside
    them in which a cell is `named` by its id. An MCP server has tokens of the style `mcp` then, and nobody else has.

    In each share the cells that one running service is enough for stand together. The timed ones come last, the
    longest first.
    """
    if not styles and profile.mcp:
        styles = (MCP_STYLE,)
    services: dict[object, list[PlannedCell]] = {}
    timed: list[Cell] = []
    for one in scenarios:
        scenario = one.bound_by(profile.documents)
        for variant in scenario.variants:
            verdict, reason = _without_running(scenario, variant, profile)
            for style in _styles(scenario, variant, styles, named):
                cell = Cell(scenario, variant, style)
                if not verdict and scenario.timed:
                    timed.append(cell)
                else:
                    services.setdefault(cell.service, []).append(PlannedCell(cell, "", verdict, reason))
    timed.sort(key=lambda cell: (-_seconds(cell.variant, profile), cell.id))
    dealt: list[list[PlannedCell]] = [[] for _ in range(shares)]
    costs = [0] * shares
    for cells in sorted(services.values(), key=len, reverse=True):
        least = costs.index(min(costs))
        costs[least] += len(cells) + _START_COST
        dealt[least] += cells
    for number, cell in enumerate(timed):
        dealt[number % shares].append(PlannedCell(cell, ""))
    return [
        replace(one, share=f"{target}-{number}of{shares}")
        for number, cells in enumerate(dealt, start=1)
        for one in cells
    ]


def _styles(scenario: Scenario, variant: Variant, asked: Sequence[str], named: Collection[str]) -> list[str]:
    styles = styles_of(scenario, variant, asked)
    if asked or not named:
        return styles
    every = styles_of(scenario, variant, STYLES)
    return [one for one in every if one in styles or Cell(scenario, variant, one).id in named]


def _seconds(variant: Variant, profile: Profile) -> float:
    """About how long a timed cell takes: its waits, and part of its deadlines."""
    seconds = 0.0
    for step in variant.steps:
        if STEPS[step.do].says.waits:
            seconds += profile.duration(step.args)
        elif "within" in step.args:
            seconds += profile.duration(step.args["within"]) / 4
        elif "answer_within" in step.args:
            seconds += profile.duration(step.args["answer_within"]) / 2
    return seconds


def _rest(variant: Variant, profile: Profile) -> float:
    """For how long a cell waits for cool-downs to pass."""
    waits = [step.args for step in variant.steps if STEPS[step.do].says.waits]
    return sum(profile.duration({"cooldown": parts.get("cooldown", 0)}) for parts in waits)


def _needs(variant: Variant, profile: Profile) -> frozenset[str]:
    """The capabilities without which nothing is shown: those of the variant, and those of how keys come usually."""
    usual = {OF_ALL_SERVICES[setting] for setting in profile.usual.keys() - variant.config.keys()}
    told = {**USUAL_SETTINGS, **profile.usual, **variant.config}
    return variant.needs | usual | ({"jwks"} if told["verification"] == "jwks" else set())


def _without_running(scenario: Scenario, variant: Variant, profile: Profile) -> tuple[str, str]:
    if not scenario.requirement:
        return SKIPPED, f"no document that the profile {profile.name} names demands this"
    if BEARER_HEADER in variant.needs and not profile.credential.is_bearer:
        return SKIPPED, f"it is about Authorization: Bearer, and the token travels in {profile.credential.place}"
    if READABLE_LOG in variant.needs and profile.log_hidden:
        return SKIPPED, profile.log_hidden
    if OWN_SOCKET in variant.needs and profile.no_socket:
        return SKIPPED, profile.no_socket
    if NEIGHBOUR in variant.needs and profile.no_neighbour:
        return SKIPPED, profile.no_neighbour
    beyond = {BEARER_HEADER, READABLE_LOG, NEIGHBOUR, OWN_SOCKET}
    for capability in sorted(_needs(variant, profile) - profile.capabilities - beyond):
        return SKIPPED, f"the target lacks {capability}: {profile.lacks.get(capability, 'not declared')}"
    if profile.real_issuer and (reason := beyond_a_real_issuer(scenario, variant)):
        return SKIPPED, reason
    for setting in sorted((variant.settings | profile.usual.keys()) & profile.cannot_set.keys()):
        return SKIPPED, profile.cannot_set[setting]
    if profile.usual.get("discovery") and "jwks_url" in variant.settings:
        return SKIPPED, f"it says where the keys are, and services of the profile {profile.name} look into the metadata"
    for route in sorted(variant.routes - profile.routes.keys() - {one.path for one in profile.public}):
        return SKIPPED, f"the profile {profile.name} has no route {route!r}"
    for counter in sorted(variant.counters - profile.metrics.get("counters", {}).keys()):
        return SKIPPED, f"the profile {profile.name} names no counter {counter!r}"
    for knob, value in variant.when.items():
        if knob in profile.policy and profile.policy[knob] not in (value if isinstance(value, list) else [value]):
            return (
                SKIPPED,
                f"it is for services with {knob} = {json.dumps(value)}; the profile {profile.name} declares another",
            )
    for knob in variant.knobs:
        if knob not in profile.policy:
            return UNDECLARED, f"the profile {profile.name} doesn't declare the policy {knob!r}"
    if (rest := _rest(variant, profile)) > _MOST_REST_SECONDS:
        return SKIPPED, f"it waits until the service may fetch again, {rest:g} s in all by unknown_kid_cooldown_seconds"
    reason = why_nothing_is_shown(variant, profile)
    return (SKIPPED, reason) if reason else ("", "")
