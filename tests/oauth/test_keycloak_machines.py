"""Clients that log in by themselves, as at a real Keycloak 26.7.3: KEYCLOAK-26.7.3.md, rows 3, 4, 7, 17, 20 and 39."""

from __future__ import annotations

import uuid
from typing import Any

import jwt
import pytest
from relying_party import MakeRp, Rp


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak")


def said(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def answer(realm: Rp, scope: str = "", **form: str) -> dict[str, Any]:
    asked = {"scope": scope} if scope else {}
    return dict(realm.token("client_credentials", **asked, **form).json())


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", "email profile"),
        ("tasks:list", "tasks:list email profile"),
        ("email", "email profile"),
        ("profile b openid a", "openid b a email profile"),
    ],
)
def test_answer_and_token_agree_on_the_scope(realm: Rp, asked: str, granted: str) -> None:
    """openid first, then what was asked for, then what everybody has; no word twice."""
    given = answer(realm, asked)
    assert (given["scope"], said(given["access_token"])["scope"]) == (granted, granted)


def test_a_declared_client_is_not_logged_in_unasked(make_rp: MakeRp) -> None:
    """Nor is its session offline."""
    scopes = ["openid", "profile", "email", "offline_access", "tasks:list"]
    realm = make_rp("keycloak", clients=[{"id": "app", "secret": "secret", "scopes": scopes}])
    given = answer(realm)
    assert (given["scope"], "id_token" in given) == ("tasks:list email profile", False)


def test_an_identity_scope_is_no_permission(make_rp: MakeRp) -> None:
    """At no vendor; the claim scope has it all the same."""
    claims = said(answer(make_rp("custom"), "openid tasks:list")["access_token"])
    assert (claims["permissions"], claims["scope"]) == (["tasks:list"], "openid tasks:list")
    claims = said(answer(make_rp("keycloak"), "openid email")["access_token"])
    assert "permissions" not in claims
    assert claims["resource_access"].keys() == {"account"}


def test_an_account_has_a_uuid_of_version_4(realm: Rp) -> None:
    """That of a client, and that of a user, though the other ids have none."""
    user = realm.token("password", username="ann", password="x").json()["access_token"]
    for token in (answer(realm)["access_token"], user):
        assert uuid.UUID(said(token)["sub"]).version == 4


def test_openid_brings_an_id_token(realm: Rp) -> None:
    """About the account that stands for the client, without a session."""
    given = answer(realm, "openid")
    assert list(given)[4] == "id_token"
    claims = said(given["id_token"])
    assert claims["sub"] == said(given["access_token"])["sub"]
    expected = {"aud": "app", "azp": "app", "typ": "ID", "acr": "1", "clientHost": "127.0.0.1", "client_id": "app"}
    assert claims.items() >= {**expected, "preferred_username": "service-account-app", "email_verified": False}.items()
    assert "at_hash" in claims
    assert not {"sid", "auth_time", "nonce"} & claims.keys()


def test_userinfo_of_a_client(make_rp: MakeRp) -> None:
    """200, also where users are declared and it is none of them; 403 without openid."""
    realm = make_rp("keycloak", users=[{"username": "ann"}])
    got = realm.get(realm.document["userinfo_endpoint"], headers=bearer(answer(realm, "openid")))
    assert got.json().items() >= {"preferred_username": "service-account-app", "email_verified": False}.items()
    assert realm.get(realm.document["userinfo_endpoint"], headers=bearer(answer(realm))).status_code == 403


def bearer(given: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {given['access_token']}"}


def test_elsewhere_a_client_is_no_user(make_rp: MakeRp) -> None:
    """openid brings it nothing."""
    assert "id_token" not in answer(make_rp("custom"), "openid")


def test_a_lightweight_token_names_the_account(make_rp: MakeRp) -> None:
    """sub, and no session."""
    realm = make_rp("keycloak", options={"lightweight": True})
    assert said(answer(realm)["access_token"]).keys() == {"exp", "iat", "jti", "iss", "sub", "typ", "azp", "scope"}


def test_nobody_has_an_empty_list_of_permissions(realm: Rp) -> None:
    """The mapper of client roles writes nothing where there is none."""
    assert "permissions" not in said(answer(realm)["access_token"])
    user = realm.token("password", username="ann", password="x", scope="openid").json()
    assert "permissions" not in said(user["access_token"])
    assert "permissions" not in realm.own("POST", "/tokens", {})["claims"]
    assert realm.own("POST", "/tokens", {"permissions": []})["claims"]["permissions"] == []


@pytest.mark.parametrize(
    ("shape", "audience", "roles"),
    [("array", ["tasker-api", "account"], True), ("account", "account", True), ("string", "tasker-api", False)],
)
def test_an_audience_alone_has_no_roles_beside_it(make_rp: MakeRp, shape: str, audience: Any, roles: bool) -> None:
    """A client without full scope has the API for its audience, and its tokens name no role."""
    claims = said(answer(make_rp("keycloak", options={"aud": shape}))["access_token"])
    assert (claims["aud"], "realm_access" in claims, "resource_access" in claims) == (audience, roles, roles)


def test_sessions_have_24_characters(realm: Rp) -> None:
    """However the user came."""
    by_password = realm.token("password", username="ann", password="x", scope="openid").json()
    for given in (by_password, realm.tokens("openid")):
        assert len(given["session_state"]) == 24
        assert said(given["access_token"])["sid"] == said(given["id_token"])["sid"] == given["session_state"]
