"""From a scenario's token table to the spec that the identity provider is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scenario_files import profile_text, write_profile

from harness.cell.tokens import PermissionsPlace, token_spec
from harness.declared.permissions import Permissions
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Route

ROUTE = Route("read", "GET", "/", "things:list")


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return load_profile(write_profile(tmp_path, profile_text("jwks", more="[policy]\nleeway_seconds = 60\n")))


def test_a_plain_token_has_exactly_the_routes_permission(profile: Profile) -> None:
    assert token_spec({}, ROUTE, profile, {}) == {"permissions": ["things:list"]}


def test_permissions_of_the_scenario_stay(profile: Profile) -> None:
    assert token_spec({"permissions": []}, ROUTE, profile, {}) == {"permissions": []}


@pytest.mark.parametrize("route", [None, Route("health", "GET", "/health")])
def test_a_route_without_a_permission_gives_none(profile: Profile, route: Route | None) -> None:
    assert token_spec({}, route, profile, {}) == {"permissions": []}


@pytest.mark.parametrize(
    ("when", "seconds"),
    [
        (-3600, -3600),
        (0.5, 0.5),
        ({"leeways": -1, "seconds": -15}, -75),
        ({"leeways": 1}, 60),
        ({"leeways": 0.5, "seconds": 0.25}, 30.25),
        ({"nbf_leeways": 1, "seconds": 15}, 75),
        ({"seconds": 3}, 3),
    ],
)
def test_times_count_in_seconds_and_leeways(profile: Profile, when: Any, seconds: float) -> None:
    spec = token_spec({"times": {"exp": when}}, ROUTE, profile, {})
    assert spec["times"] == {"exp": seconds}


def test_the_leeway_of_nbf_may_be_another(profile: Profile) -> None:
    other = replace(profile, policy={"leeway_seconds": 0, "nbf_leeway_seconds": 300})
    assert token_spec({"times": {"nbf": {"nbf_leeways": 1, "leeways": 1}}}, ROUTE, other, {})["times"] == {"nbf": 300}


def test_a_whole_number_of_seconds_stays_whole(profile: Profile) -> None:
    """Whether a service reads fractions is a case of its own."""
    spec = token_spec({"times": {"exp": {"leeways": -1.0, "seconds": 5.0}, "nbf": 7}}, ROUTE, profile, {})
    assert [type(seconds) for seconds in spec["times"].values()] == [int, int]


def test_placeholders_are_filled_in_claims_and_their_names(profile: Profile) -> None:
    words = {"permissions_claim": lambda: "scp", "issuer": lambda: "https://idp/"}
    spec = token_spec({"claims": {"{permissions_claim}": ["{issuer}"]}}, ROUTE, profile, words)
    assert spec["claims"] == {"scp": ["https://idp/"]}


def test_the_scenarios_table_stays_as_it_is(profile: Profile) -> None:
    """It is used again for the next style."""
    table = {"times": {"exp": {"leeways": 1}}}
    token_spec(table, ROUTE, profile, {})
    assert table == {"times": {"exp": {"leeways": 1}}}


PLACES: dict[str, tuple[Permissions, tuple[str, ...]]] = {
    "array": (Permissions("roles", "array"), ("roles",)),
    "string": (Permissions("scope", "string"), ("scope",)),
    "keys": (Permissions("cognito:groups", "keys"), ("cognito:groups",)),
    "nested": (Permissions("resource_access.{client}.roles", "array"), ("resource_access", "api.example", "roles")),
    "uri": (Permissions("https://ns.example/roles", "array"), ("https://ns.example/roles",)),
    "list": (Permissions(("a.b", "c"), "array"), ("a.b", "c")),
    "none": (Permissions("", "none"), ("permissions",)),
}
CLAIMS: dict[str, dict[str, Any]] = {
    "array": {"roles": ["things:list"]},
    "string": {"scope": "things:list"},
    "keys": {"cognito:groups": {"things:list": True}},
    "nested": {"resource_access": {"api.example": {"roles": ["things:list"]}}},
    "uri": {"https://ns.example/roles": ["things:list"]},
    "list": {"a.b": {"c": ["things:list"]}},
    "none": {},
}


def place(name: str, vendors: str = "permissions") -> PermissionsPlace:
    declared, path = PLACES[name]
    assert name == "none" or declared.path("api.example") == path
    return PermissionsPlace(path, vendors, declared)


@pytest.mark.parametrize("name", PLACES)
def test_permissions_stand_where_they_are_declared_and_nowhere_else(profile: Profile, name: str) -> None:
    """The vendor is asked for none, and what it would write all the same is left out."""
    spec = token_spec({}, ROUTE, profile, {}, place(name))
    assert spec["permissions"] == []
    assert spec.get("claims", {}) == CLAIMS[name]
    assert spec["without"] == ["permissions"]


def test_the_vendors_claim_stays_where_it_is_the_declared_one(profile: Profile) -> None:
    """With nothing granted it would be an empty array, which is another form."""
    scope = place("string", vendors="scope")
    assert token_spec({}, ROUTE, profile, {}, scope) == {"permissions": [], "claims": {"scope": "things:list"}}
    assert token_spec({"permissions": []}, ROUTE, profile, {}, scope) == {"permissions": [], "without": ["scope"]}


WORDS = {"permissions_claim": lambda: "realm_access"}
REALM = PermissionsPlace(("realm_access", "roles"), "permissions", Permissions("realm_access.roles", "array"))


@pytest.mark.parametrize(
    ("table", "made"),
    [
        ({"claims": {"{permissions_claim}": "x"}}, {"claims": {"realm_access": {"roles": "x"}}}),
        ({"raw": {"{permissions_claim}": "null"}}, {"raw": {"realm_access": '{"roles":null}'}}),
        ({"without": ["{permissions_claim}"]}, {"without": ["realm_access", "permissions"]}),
    ],
)
def test_what_a_scenario_says_of_the_claim_counts(
    profile: Profile, table: dict[str, Any], made: dict[str, Any]
) -> None:
    """Nothing is granted beside it, and it stands where the service looks."""
    without = {"without": ["permissions"]} if "without" not in made else {}
    assert token_spec(table, ROUTE, profile, WORDS, REALM) == {"permissions": [], **made, **without}


def test_other_claims_are_those_that_grant_nothing(profile: Profile) -> None:
    others = {"permissions": [], "other_claims": {"roles": ["x"], "scope": "x"}}
    spec = token_spec(others, ROUTE, profile, {}, place("array"))
    assert spec == {"permissions": [], "claims": {"scope": "x"}, "without": ["permissions"]}
    spec = token_spec(others, ROUTE, profile, {}, PermissionsPlace(("scope",)))
    assert spec == {"permissions": [], "claims": {"roles": ["x"]}}


def test_a_whole_payload_is_left_alone(profile: Profile) -> None:
    assert token_spec({"payload": "{}"}, ROUTE, profile, {}, place("string")) == {"permissions": [], "payload": "{}"}
