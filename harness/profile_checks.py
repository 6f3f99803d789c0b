"""Whether the values of a profile are what their keys ask for: a wrong one would judge a correct service as failed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from harness import vocabulary as words
from harness.kinds import (
    ANY_TEXT,
    FLAG,
    LINE,
    METHOD,
    MOST,
    PATH,
    SECONDS,
    SOME_SECONDS,
    SOME_STATUSES,
    STATUSES,
    TEXT,
    TEXTS,
    Kind,
    check_kind,
    check_kinds,
    is_number,
    items,
    number,
    table_of,
    whole,
)
from harness.model import Scenario
from harness.placeholders import problems
from harness.toml_source import Place, TomlSource

# As difflib measures it: a slip of the finger, no other word.
_NEAR = 0.8

_TABLE = Kind("a table", lambda value: isinstance(value, dict))
_KNOB = Kind(
    f"true or false, a word, or a number from 0 to {MOST:,}",
    lambda value: isinstance(value, bool) or not TEXT.missing(value) or (is_number(value) and 0 <= value <= MOST),
)
# What a knob's name says of its value, for scenarios and profiles of anybody.
_KNOB_ENDINGS = {"_seconds": SECONDS, "_at_most": whole(0), "_at_least": whole(0)}

_PROFILE: Mapping[str, Kind] = {
    "title": LINE,
    "capabilities": TEXTS,
    "lacks": table_of(TEXT, "a table of reasons"),
    "routes": _TABLE,
    "timing": _TABLE,
    "policy": _TABLE,
    "vocabulary": _TABLE,
    "resources": _TABLE,
    "api_keys": _TABLE,
    "styles": _TABLE,
    "audience": LINE,
    "metrics": _TABLE,
    "documented": _TABLE,
    "thresholds": _TABLE,
}
_ROUTE: Mapping[str, Kind] = {
    "method": METHOD,
    "path": PATH,
    "permission": LINE,
    "body": ANY_TEXT,
    "success": SOME_STATUSES,
    "let_in": STATUSES,
}
_TIMING: Mapping[str, Kind] = {
    **dict.fromkeys(("refresh_seconds", "max_stale_seconds", "fetch_timeout_seconds"), SOME_SECONDS),
    "unknown_kid_cooldown_seconds": SOME_SECONDS,
}
_VOCABULARY: Mapping[str, Kind] = {"permissions": TEXTS, "public": items(_TABLE, "a list of tables")}
_PUBLIC: Mapping[str, Kind] = {"path": PATH, "success": SOME_STATUSES}
_RESOURCES: Mapping[str, Kind] = dict.fromkeys(("route", "member", "id"), LINE)
_API_KEY: Mapping[str, Kind] = {"key": LINE, "permissions": TEXTS}
_STYLE: Mapping[str, Kind] = {"permissions_claim": LINE}
_METRICS: Mapping[str, Kind] = {
    "paths": items(PATH, "a list of paths that begin with /, one at least", some=True),
    "counters": table_of(LINE, "a table of the counters' names"),
}
PROFILE_KEYS, ROUTE_KEYS, TIMING_KEYS = tuple(_PROFILE), tuple(_ROUTE), tuple(_TIMING)


def check_profile(source: TomlSource) -> None:
    """Check all that a profile says, but what it documents and its thresholds. Raises `ScenarioFileError`."""
    data = source.data
    _check(source, data, _PROFILE, (), "a profile")
    _check_capabilities(source, data.get("capabilities", []), data.get("lacks", {}))
    routes = data.get("routes", {})
    for name, table in routes.items():
        place = ("routes", name)
        _check(source, table, _ROUTE, place, f"route {name}", needed=("method", "path"))
        for text, _ in problems(table["path"].replace("{uuid}", "")):
            source.fail((*place, "path"), f"{text} in the path of route {name}: the only placeholder there is {{uuid}}")
    if "read" not in routes:
        source.fail(("routes",), "a profile needs at least [routes.read]")
    _check(source, data.get("timing", {}), _TIMING, ("timing",), "timing")
    for name, value in data.get("policy", {}).items():
        _check_knob(source, name, value)
    if resources := data.get("resources", {}):
        _check(source, resources, _RESOURCES, ("resources",), "resources", needed=_RESOURCES)
        source.check_word(resources["route"], routes, ("resources", "route"), "route of this profile")
    for name, key in data.get("api_keys", {}).items():
        _check(source, key, _API_KEY, ("api_keys", name), f"API key {name}", needed=_API_KEY)
    for style, settings in data.get("styles", {}).items():
        source.check_word(style, words.STYLES, ("styles", style), "style")
        _check(source, settings, _STYLE, ("styles", style), f"style {style}")
    vocabulary = data.get("vocabulary", {})
    _check(source, vocabulary, _VOCABULARY, ("vocabulary",), "vocabulary")
    for table in vocabulary.get("public", []):
        _check(source, table, _PUBLIC, ("vocabulary", "public"), "a public route", needed=("path",))
    if metrics := data.get("metrics", {}):
        _check(source, metrics, _METRICS, ("metrics",), "metrics", needed=_METRICS)


def check_knobs(source: TomlSource, scenarios: Iterable[Scenario]) -> None:
    """Check the policies of a profile against the scenarios that ask for them. Raises `ScenarioFileError`.

    A knob is of the type that it is compared with. One that no scenario asks for may be for scenarios that are not
    loaded, but not when its name is nearly that of another, which this profile lacks.
    """
    declared = source.data.get("policy", {})
    asked = _asked_knobs(scenarios)
    for name, value in declared.items():
        if name in asked:
            check_kind(source, value, asked[name], ("policy", name), name)
        elif near := difflib.get_close_matches(name, asked.keys() - declared.keys(), n=1, cutoff=_NEAR):
            source.fail(("policy", name), f"no scenario asks for the policy {name!r}; did you mean {near[0]!r}?")


def _asked_knobs(scenarios: Iterable[Scenario]) -> dict[str, Kind]:
    """What each knob that a scenario asks for must be, by what it is compared with."""
    asked = {}
    for variant in (variant for scenario in scenarios for variant in scenario.variants):
        if variant.policy is not None:
            asked[variant.policy.knob] = _kind_of(variant.policy.is_)
        for step in variant.steps:
            if policy := step.args.get("policy"):
                asked[policy["knob"]] = _kind_of(policy.get("is"))
    return asked


def _kind_of(compared: Any) -> Kind:
    """What a value must be to be compared with this one; None stands for a number that is a least one."""
    if isinstance(compared, bool):
        return FLAG
    return TEXT if isinstance(compared, str) else number(0)


def _check_capabilities(source: TomlSource, capabilities: list[str], lacks: Mapping[str, str]) -> None:
    for name in capabilities:
        source.check_word(name, words.CAPABILITIES, ("capabilities",), "capability")
    for name in lacks:
        source.check_word(name, words.CAPABILITIES, ("lacks", name), "capability")
    for name in words.CAPABILITIES:
        if (name in capabilities) == (name in lacks):
            source.fail(
                ("lacks",),
                f"say of {name!r} ({words.CAPABILITIES[name]}) either that the target has it "
                f"(capabilities) or why it lacks it (lacks)",
            )


def _check_knob(source: TomlSource, name: str, value: Any) -> None:
    kind = next((kind for ending, kind in _KNOB_ENDINGS.items() if name.endswith(ending)), _KNOB)
    check_kind(source, value, kind, ("policy", name), name)


def _check(
    source: TomlSource,
    table: Any,
    kinds: Mapping[str, Kind],
    place: Place,
    what: str,
    *,
    needed: Iterable[str] = (),
) -> None:
    source.check_keys(table, kinds, place, what)
    source.check_has(table, needed, place, what)
    check_kinds(source, table, kinds, place)
