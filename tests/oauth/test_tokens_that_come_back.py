"""Userinfo, introspection (RFC 7662) and revocation (RFC 7009)."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from relying_party import START, MakeRp, Rp, refusal


def userinfo(rp: Rp, token: str) -> requests.Response:
    return rp.get(rp.document["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})


def about(rp: Rp, token: str) -> dict[str, Any]:
    answer = rp.post("introspection", {**rp.client, "token": token})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "cognito", "google"])
def test_userinfo_of_every_vendor(make_rp: MakeRp, style: str) -> None:
    """The subject of the ID token, and the claims of the granted scopes; Keycloak grants profile to everybody."""
    rp = make_rp(style)
    tokens = rp.tokens("openid email")
    claims = userinfo(rp, tokens["access_token"]).json()
    assert (claims["sub"], claims["email"]) == (rp.claims(tokens["id_token"])["sub"], "ann@example.com")
    assert ("name" in claims) == (style == "keycloak")


def test_userinfo_by_post(rp: Rp) -> None:
    """The token in a form (RFC 6750 section 2.2)."""
    assert rp.post("userinfo", {"access_token": rp.tokens()["access_token"]}).json()["sub"] == "ann"


def test_userinfo_without_a_token(rp: Rp) -> None:
    """A bare challenge (RFC 6750 section 3.1)."""
    answer = rp.get(rp.document["userinfo_endpoint"])
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_userinfo_without_openid(rp: Rp) -> None:
    """The scope is what allows it."""
    assert refusal(userinfo(rp, rp.tokens("tasks:read")["access_token"])) == (403, "insufficient_scope")


@pytest.mark.parametrize("spec", [{"mutation": "alg-none"}, {"times": {"exp": -1}}])
def test_userinfo_with_a_bad_token(rp: Rp, spec: dict[str, Any]) -> None:
    """What the forge broke is broken here, too."""
    token = rp.own("POST", "/tokens", {"kind": "user", "claims": {"scope": "openid"}, **spec})["token"]
    assert refusal(userinfo(rp, token)) == (401, "invalid_token")


def test_userinfo_with_a_minted_token(rp: Rp) -> None:
    """A good one needs no flow."""
    token = rp.own("POST", "/tokens", {"kind": "user", "subject": "ann", "claims": {"scope": "openid"}})["token"]
    assert userinfo(rp, token).json()["sub"] == "ann"


def test_an_active_access_token(rp: Rp) -> None:
    """Its claims, its client and its user."""
    known = about(rp, rp.tokens("openid tasks:read")["access_token"])
    assert (known["active"], known["client_id"], known["username"]) == (True, "app", "ann")
    assert (known["scope"], known["token_type"], known["iat"]) == ("openid tasks:read", "Bearer", START)


def test_a_token_of_a_machine(rp: Rp) -> None:
    """It has a client and no user."""
    known = about(rp, rp.token("client_credentials").json()["access_token"])
    assert (known["active"], known["client_id"], "username" in known) == (True, "app", False)


def test_a_refresh_token(rp: Rp) -> None:
    """It is known until it is used."""
    token = rp.tokens()["refresh_token"]
    assert about(rp, token)["active"] is True
    rp.token("refresh_token", refresh_token=token)
    assert about(rp, token) == {"active": False}


@pytest.mark.parametrize("seconds", [3600, 1e8])
def test_an_expired_token(rp: Rp, seconds: float) -> None:
    """And nothing else is said."""
    token = rp.tokens()["access_token"]
    rp.pass_time(seconds)
    assert about(rp, token) == {"active": False}


def test_a_token_of_another_issuer(make_rp: MakeRp) -> None:
    """It is none of this one's."""
    assert about(make_rp(), make_rp().tokens()["access_token"]) == {"active": False}


def test_introspection_is_for_clients(make_rp: MakeRp) -> None:
    """RFC 7662 section 2.1: it is protected."""
    rp = make_rp(clients=[{"id": "app", "secret": "secret"}])
    assert refusal(rp.post("introspection", {"token": "x"})) == (401, "invalid_client")


@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_without_a_token(rp: Rp, endpoint: str) -> None:
    """The parameter is required."""
    assert refusal(rp.post(endpoint, rp.client)) == (400, "invalid_request")


def revoke(rp: Rp, token: str, **form: str) -> int:
    return rp.post("revocation", {**rp.client, "token": token, **form}).status_code


def test_a_revoked_access_token(rp: Rp) -> None:
    """It is of no use here any more; the refresh token stays."""
    tokens = rp.tokens()
    assert revoke(rp, tokens["access_token"]) == 200
    assert userinfo(rp, tokens["access_token"]).status_code == 401
    assert about(rp, tokens["access_token"]) == {"active": False}
    assert about(rp, tokens["refresh_token"])["active"] is True


def test_a_revoked_token_of_a_machine(rp: Rp) -> None:
    """Also without a user."""
    token = rp.token("client_credentials").json()["access_token"]
    assert revoke(rp, token) == 200
    assert about(rp, token) == {"active": False}


def test_a_revoked_refresh_token(rp: Rp) -> None:
    """Its access tokens end with it (RFC 7009 section 2.1)."""
    tokens = rp.tokens()
    assert revoke(rp, tokens["refresh_token"], token_type_hint="refresh_token") == 200
    assert about(rp, tokens["access_token"]) == {"active": False}
    assert refusal(rp.token("refresh_token", refresh_token=tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_token_nobody_knows(rp: Rp) -> None:
    """It is no longer good, which is what was asked for (section 2.2)."""
    assert revoke(rp, "made-up") == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_of_another_client(rp: Rp, kind: str) -> None:
    """It is not theirs to revoke."""
    token = rp.tokens()[kind]
    assert revoke(rp, token, client_id="other") == 400
    assert about(rp, token)["active"] is True
