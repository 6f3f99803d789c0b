"""Refresh tokens (RFC 6749 section 6): rotation, reuse detection, and the habits of vendors."""

from __future__ import annotations

import pytest
from relying_party import MakeRp, Rp, refusal


def refresh(rp: Rp, token: str, **form: str) -> dict[str, str]:
    answer = rp.token("refresh_token", refresh_token=token, **form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_fresh_tokens(rp: Rp) -> None:
    """Another access token and ID token about the same user, without the nonce."""
    tokens = rp.tokens(nonce="n")
    rp.pass_time(100)
    again = refresh(rp, tokens["refresh_token"])
    first, second = rp.claims(tokens["id_token"]), rp.claims(again["id_token"])
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])
    assert (second["iat"] - first["iat"], "nonce" in second) == (100, False)
    assert again["access_token"] != tokens["access_token"]


def test_each_use_gives_another(rp: Rp) -> None:
    """Rotation: the new one works."""
    first = rp.tokens()["refresh_token"]
    second = refresh(rp, first)["refresh_token"]
    assert second != first
    refresh(rp, second)


def test_an_old_one_ends_them_all(rp: Rp) -> None:
    """Reuse detection (RFC 9700 section 4.14.2)."""
    first = rp.tokens()["refresh_token"]
    again = refresh(rp, first)
    assert refusal(rp.token("refresh_token", refresh_token=first)) == (400, "invalid_grant")
    assert refusal(rp.token("refresh_token", refresh_token=again["refresh_token"])) == (400, "invalid_grant")
    bearer = {"Authorization": f"Bearer {again['access_token']}"}
    assert rp.get(rp.document["userinfo_endpoint"], headers=bearer).status_code == 401


def test_a_part_of_the_scope(rp: Rp) -> None:
    """Less is possible, and the next one has the whole again."""
    tokens = refresh(rp, rp.tokens("tasks:read tasks:list")["refresh_token"], scope="tasks:list")
    assert rp.claims(tokens["access_token"])["permissions"] == ["tasks:list"]
    whole = refresh(rp, tokens["refresh_token"])
    assert rp.claims(whole["access_token"])["permissions"] == ["tasks:read", "tasks:list"]


def test_more_than_was_granted(rp: Rp) -> None:
    """It is refused, and the token stays good."""
    token = rp.tokens("tasks:read")["refresh_token"]
    assert refusal(rp.token("refresh_token", refresh_token=token, scope="tasks:write")) == (400, "invalid_scope")
    refresh(rp, token)


@pytest.mark.parametrize("form", [{"client_id": "other"}, {"refresh_token": "made-up"}])
def test_a_token_of_somebody_else(rp: Rp, form: dict[str, str]) -> None:
    """It is bound to its client."""
    usual = {"refresh_token": rp.tokens()["refresh_token"]}
    assert refusal(rp.token("refresh_token", **{**usual, **form})) == (400, "invalid_grant")


def test_it_ends(rp: Rp) -> None:
    """After thirty days of the issuer's clock."""
    token = rp.tokens()["refresh_token"]
    rp.pass_time(30 * 86_400 + 1)
    assert refusal(rp.token("refresh_token", refresh_token=token)) == (400, "invalid_grant")


@pytest.mark.parametrize("style", ["auth0", "okta", "entra"])
def test_vendors_that_want_offline_access(make_rp: MakeRp, style: str) -> None:
    """Without the scope there is no refresh token."""
    rp = make_rp(style)
    with_it = rp.tokens("openid offline_access")
    assert ("refresh_token" in with_it, "refresh_token" in rp.tokens("openid")) == (True, False)


@pytest.mark.parametrize(
    ("style", "spec", "first_again", "another"),
    [
        ("keycloak", {}, 200, True),
        ("cognito", {}, 200, False),
        ("custom", {}, 400, True),
        ("custom", {"refresh": "keep"}, 200, False),
        ("keycloak", {"refresh": "rotate"}, 400, True),
    ],
)
def test_habits(make_rp: MakeRp, style: str, spec: dict[str, str], first_again: int, another: bool) -> None:
    """Keycloak hands out new ones and leaves the old, Cognito has one only; a setting replaces the habit."""
    rp = make_rp(style, **spec)
    token = rp.tokens("openid")["refresh_token"]
    assert ("refresh_token" in refresh(rp, token)) == another
    assert rp.token("refresh_token", refresh_token=token).status_code == first_again


def test_a_client_without_the_grant(make_rp: MakeRp) -> None:
    """It gets none."""
    rp = make_rp(clients=[{"id": "app", "secret": "secret", "grant_types": ["authorization_code"]}])
    assert "refresh_token" not in rp.tokens()
