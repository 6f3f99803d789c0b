"""From a scenario's token table to the spec that the identity provider is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scenario_files import profile_text, write_profile

from harness.cell.tokens import token_spec
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
        ({"seconds": 3}, 3),
    ],
)
def test_times_count_in_seconds_and_leeways(profile: Profile, when: Any, seconds: float) -> None:
    spec = token_spec({"times": {"exp": when}}, ROUTE, profile, {})
    assert spec["times"] == {"exp": seconds}


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
