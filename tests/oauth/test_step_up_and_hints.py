"""What a client asks of a login: which user (`login_hint`), and how sure (`acr_values`, `claims`; RFC 9470)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from relying_party import MakeRp, Rp

USERS = [{"username": "ann"}, {"username": "bob", "claims": {"email": "bob@example.com"}}]
MFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
LOA2 = "urn:okta:loa:2fa:any"


def user_of(rp: Rp, **parameters: str) -> Any:
    code = rp.returned(rp.authorize(scope="openid profile", **parameters))["code"]
    return rp.claims(rp.redeem(code).json()["id_token"])["preferred_username"]


def said(rp: Rp, **parameters: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims of the ID token and of the access token."""
    tokens = rp.tokens("openid profile", **parameters)
    return rp.claims(tokens["id_token"]), rp.claims(tokens["access_token"])


@pytest.mark.parametrize(
    ("parameters", "user"),
    [
        ({}, "ann"),
        ({"login_hint": "bob"}, "bob"),
        ({"login_hint": "bob@example.com"}, "bob"),
        ({"login_hint": "nobody"}, "ann"),
        ({"login_hint": "bob", "mock_user": "ann"}, "ann"),
    ],
)
def test_a_hint_chooses_the_user_who_needs_no_page(make_rp: MakeRp, parameters: dict[str, str], user: str) -> None:
    """By name or address, where it names a user; a test's own word comes before it."""
    assert user_of(make_rp(users=USERS, auto_login="ann"), **parameters) == user


def test_without_such_a_user_a_hint_logs_nobody_in(make_rp: MakeRp) -> None:
    """The page is shown, with the name filled in."""
    shown = make_rp(users=USERS).authorize(scope="openid", login_hint="bob")
    assert (shown.status_code, 'value="bob"' in shown.text) == (200, True)


@pytest.mark.parametrize(("style", "value"), [("custom", "2"), ("keycloak", "2"), ("okta", LOA2)])
def test_acr_values(make_rp: MakeRp, style: str, value: str) -> None:
    """The best one that was asked for is the `acr` of both tokens."""
    in_id_token, in_access_token = said(make_rp(style), acr_values=f"{value} other")
    assert (in_id_token["acr"], in_access_token["acr"]) == (value, value)


def test_the_parameter_claims(make_rp: MakeRp) -> None:
    """It asks for an `acr` as well, which stays over a refresh."""
    rp = make_rp("keycloak")
    wanted = json.dumps({"id_token": {"acr": {"essential": True, "values": ["gold"]}}})
    tokens = rp.tokens("openid", claims=wanted)
    assert rp.claims(tokens["id_token"])["acr"] == "gold"
    again = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert rp.claims(again["id_token"])["acr"] == "gold"


def test_several_factors_at_auth0(make_rp: MakeRp) -> None:
    """Its ID token says that there were some, its access token nothing."""
    in_id_token, in_access_token = said(make_rp("auth0"), acr_values=MFA)
    assert (in_id_token["acr"], in_id_token["amr"], "acr" in in_access_token) == (MFA, ["mfa"], False)


def test_authentication_contexts_at_entra(make_rp: MakeRp) -> None:
    """`claims` asks for them, each token for its own; `acr_values` is not read."""
    wanted = json.dumps({"access_token": {"acrs": {"essential": True, "value": "c1"}}})
    in_id_token, in_access_token = said(make_rp("entra"), claims=wanted, acr_values="c2")
    assert ("acrs" in in_id_token, in_access_token["acrs"], "acr" in in_id_token) == (False, ["c1"], False)


@pytest.mark.parametrize("style", ["cognito", "google"])
def test_vendors_that_have_none(make_rp: MakeRp, style: str) -> None:
    """They ignore what is asked."""
    rp = make_rp(style)
    assert "acr" not in rp.claims(rp.tokens("openid", acr_values="2")["id_token"])


@pytest.mark.parametrize("claims", ["[]", "{", "1", '"a"'])
def test_claims_that_are_no_object(make_rp: MakeRp, claims: str) -> None:
    """The client is told."""
    rp = make_rp()
    assert rp.returned(rp.authorize(claims=claims, mock_user="ann"))["error"] == "invalid_request"


def test_max_age_brings_auth_time(make_rp: MakeRp) -> None:
    """OpenID Connect Core section 3.1.2.1, also where the vendor's ID tokens have none otherwise."""
    rp = make_rp("auth0")
    assert "auth_time" not in rp.claims(rp.tokens("openid")["id_token"])
    assert "auth_time" in rp.claims(rp.tokens("openid", max_age="100")["id_token"])
