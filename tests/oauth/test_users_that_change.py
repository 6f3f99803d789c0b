"""Users are looked up when a token is made: what changed since the login shows, and who was removed gets none."""

from __future__ import annotations

from typing import Any

import pytest
from relying_party import MakeRp, Rp, refusal

# offline_access: without it three of them have no refresh tokens.
SCOPE = "openid profile email offline_access"
STYLES = ("auth0", "cognito", "custom", "entra", "google", "keycloak", "okta")
REFUSED = {"auth0": (403, "invalid_grant")}


def declare(rp: Rp, *groups: str, roles: list[str]) -> None:
    rp.own("POST", "/users", {"username": "ann", "claims": {"groups": list(groups)}, "roles": roles})


def logged_in(make_rp: MakeRp, style: str) -> tuple[Rp, dict[str, Any]]:
    rp = make_rp(style)
    declare(rp, "a", roles=["u1"])
    return rp, rp.tokens(SCOPE)


def userinfo(rp: Rp, tokens: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return rp.get(rp.document["userinfo_endpoint"], headers=headers)


@pytest.mark.parametrize("style", STYLES)
def test_other_groups_show_at_once(make_rp: MakeRp, style: str) -> None:
    """In the ID token of the next refresh, and in userinfo with the token there is."""
    rp, tokens = logged_in(make_rp, style)
    assert rp.claims(tokens["id_token"])["groups"] == ["a"]
    declare(rp, "b", "c", roles=["u1"])
    # Entra ID's userinfo has the same six members for everybody.
    shown = None if style == "entra" else ["b", "c"]
    assert userinfo(rp, tokens).json().get("groups") == shown
    again = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert rp.claims(again["id_token"])["groups"] == ["b", "c"]


def test_other_roles_are_in_the_next_access_token(make_rp: MakeRp) -> None:
    """A role that was taken away is gone, one that was given is there."""
    rp, tokens = logged_in(make_rp, "custom")
    declare(rp, roles=["u2"])
    again = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert rp.claims(tokens["access_token"])["permissions"] == ["u1"]
    assert rp.claims(again["access_token"])["permissions"] == ["u2"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("others", [True, False], ids=["others-stay", "nobody-stays"])
def test_a_removed_user_gets_no_token(make_rp: MakeRp, style: str, others: bool) -> None:
    """The refresh is refused as any bad one, and userinfo as for a token that has ended."""
    rp, tokens = logged_in(make_rp, style)
    if others:
        rp.own("POST", "/users", {"username": "bob"})
    rp.own("DELETE", "/users/ann")
    refused = rp.token("refresh_token", refresh_token=tokens["refresh_token"])
    assert refusal(refused) == REFUSED.get(style, (400, "invalid_grant"))
    assert userinfo(rp, tokens).status_code == 401


def test_keycloak_ends_the_session_of_a_removed_user(make_rp: MakeRp) -> None:
    """In the words for a session that is over; introspection says no more than that it isn't active."""
    rp, tokens = logged_in(make_rp, "keycloak")
    rp.own("DELETE", "/users/ann")
    refused = rp.token("refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.json()["error_description"] == "Session not active"
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert rp.post("introspection", {"token": token, **rp.client}).json() == {"active": False}


def test_a_code_of_a_removed_user(make_rp: MakeRp) -> None:
    """Between the login and the token request they may have gone."""
    rp = make_rp()
    declare(rp, roles=[])
    code = rp.code(scope=SCOPE)
    rp.own("DELETE", "/users/ann")
    assert refusal(rp.redeem(code)) == (400, "invalid_grant")


def test_a_browser_of_a_removed_user(make_rp: MakeRp) -> None:
    """Its cookie logs nobody in."""
    rp = make_rp()
    declare(rp, roles=[])
    rp.fill(rp.authorize(scope=SCOPE), username="ann", password="any")
    assert "code" in rp.returned(rp.authorize(scope=SCOPE, prompt="none"))
    rp.own("DELETE", "/users/ann")
    assert rp.returned(rp.authorize(scope=SCOPE, prompt="none"))["error"] == "login_required"


def test_a_user_who_is_declared_after_the_login(make_rp: MakeRp) -> None:
    """Anybody logs in while nobody is declared; from then on the declaration counts."""
    rp = make_rp()
    tokens = rp.tokens(SCOPE)
    declare(rp, "b", roles=["u2"])
    again = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert rp.claims(again["access_token"])["permissions"] == ["u2"]
    assert "email" not in rp.claims(again["id_token"])
