"""Whether the values of a profile are what their keys ask for: a wrong one would judge a correct service as failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.declared.credential import check_credential
from harness.declared.grpc import check_grpc
from harness.declared.permissions import check_permissions
from harness.declared.refusal import check_refusal
from harness.declared.usual import check_usual
from harness.grammar import vocabulary as words
from harness.grammar.placeholders import problems
from harness.grammar.policies import Knobs, check_declared
from harness.grammar.toml_source import Place, TomlSource
from harness.grammar.value_kinds import (
    ANY_TEXT,
    HEADERS,
    LINE,
    METHOD,
    MOST_SECONDS,
    PATH,
    SOME_SECONDS,
    SOME_STATUSES,
    STATUSES,
    TEXT,
    TEXTS,
    Kind,
    check_kinds,
    items,
    number,
    table_of,
)

_TABLE = Kind("a table", lambda value: isinstance(value, dict))
_PROFILE: Mapping[str, Kind] = {
    "title": LINE,
    "protocol": LINE,
    "mcp": _TABLE,
    "documents": TEXTS,
    "capabilities": TEXTS,
    "lacks": table_of(TEXT, "a table of reasons"),
    "routes": _TABLE,
    "usual": _TABLE,
    "timing": _TABLE,
    "credential": _TABLE,
    "permissions": _TABLE,
    "refusal": _TABLE,
    "policy": _TABLE,
    "vocabulary": _TABLE,
    "resources": _TABLE,
    "api_keys": _TABLE,
    "styles": _TABLE,
    "audience": LINE,
    "metrics": _TABLE,
    "documented": _TABLE,
    "thresholds": _TABLE,
    "grpc": _TABLE,
}
_ROUTE: Mapping[str, Kind] = {
    "method": METHOD,
    "path": PATH,
    "permission": LINE,
    "body": ANY_TEXT,
    "headers": HEADERS,
    "content_type": LINE,
    "success": SOME_STATUSES,
    "let_in": STATUSES,
}
_TIMING: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("refresh_seconds", "longest_refresh_seconds", "max_stale_seconds", "fetch_timeout_seconds"), SOME_SECONDS
    ),
    "unknown_kid_cooldown_seconds": SOME_SECONDS,
    "requests_per_second": number(0, above=True),
}
_VOCABULARY: Mapping[str, Kind] = {"permissions": TEXTS, "public": items(_TABLE, "a list of tables")}
_PUBLIC: Mapping[str, Kind] = {"path": PATH, "success": SOME_STATUSES}
_RESOURCES: Mapping[str, Kind] = dict.fromkeys(("route", "member", "id"), LINE)
_API_KEY: Mapping[str, Kind] = {"key": LINE, "permissions": TEXTS}
_STYLE: Mapping[str, Kind] = {"permissions_claim": LINE, "options": _TABLE}
_METRICS: Mapping[str, Kind] = {
    "paths": items(PATH, "a list of paths that begin with /, one at least", some=True),
    "counters": table_of(LINE, "a table of the counters' names"),
}
PROFILE_KEYS, ROUTE_KEYS, TIMING_KEYS = tuple(_PROFILE), tuple(_ROUTE), tuple(_TIMING)


def check_profile(source: TomlSource, knobs: Knobs) -> None:
    """Check all that a profile says, but what it documents and its thresholds; its policies are of `knobs`.

    Raises `ScenarioFileError`.
    """
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
    _check_intervals(source, data.get("timing", {}))
    check_credential(source, data.get("credential", {}))
    check_permissions(source, data)
    check_refusal(source, data.get("refusal", {}))
    check_usual(source, data.get("usual", {}), data.get("capabilities", []))
    check_grpc(source, data)
    check_declared(source, data.get("policy", {}), knobs, ("policy",))
    if resources := data.get("resources", {}):
        _check(source, resources, _RESOURCES, ("resources",), "resources", needed=_RESOURCES)
        source.check_word(resources["route"], routes, ("resources", "route"), "route of this profile")
    for name, key in data.get("api_keys", {}).items():
        _check(source, key, _API_KEY, ("api_keys", name), f"API key {name}", needed=_API_KEY)
    for style, settings in data.get("styles", {}).items():
        source.check_word(style, words.VENDORS, ("styles", style), "style")
        _check(source, settings, _STYLE, ("styles", style), f"style {style}")
    vocabulary = data.get("vocabulary", {})
    _check(source, vocabulary, _VOCABULARY, ("vocabulary",), "vocabulary")
    for table in vocabulary.get("public", []):
        _check(source, table, _PUBLIC, ("vocabulary", "public"), "a public route", needed=("path",))
    if metrics := data.get("metrics", {}):
        _check(source, metrics, _METRICS, ("metrics",), "metrics", needed=_METRICS)


def _check_intervals(source: TomlSource, timing: Mapping[str, float]) -> None:
    if timing.get("longest_refresh_seconds", MOST_SECONDS) < timing.get("refresh_seconds", 2):
        source.fail(
            ("timing", "longest_refresh_seconds"),
            "longest_refresh_seconds, the largest interval, is smaller than refresh_seconds",
        )


def _check_capabilities(source: TomlSource, capabilities: list[str], lacks: Mapping[str, str]) -> None:
    for name in capabilities:
        source.check_word(name, words.CAPABILITIES, ("capabilities",), "capability")
    for name in lacks:
        source.check_word(name, words.CAPABILITIES, ("lacks", name), "capability")
    if both := [name for name in words.CAPABILITIES if name in capabilities and name in lacks]:
        source.fail(
            ("lacks", both[0]), f"the target has {both[0]!r} (capabilities) and lacks it (lacks): say one of them"
        )
    if unsaid := [name for name in words.CAPABILITIES if name not in capabilities and name not in lacks]:
        lines = "".join(f"\n  {name:20} {words.CAPABILITIES[name]}" for name in unsaid)
        source.fail(
            ("lacks",),
            f"say of each of these either that the target has it (capabilities) or why it lacks it (lacks):{lines}",
        )


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
