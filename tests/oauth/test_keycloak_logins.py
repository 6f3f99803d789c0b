"""What a realm of Keycloak says of its users, and how its tokens name the grant they came from.

Facts: a live 26.7.1 server; `AccessTokenContext` and the factories of the grants of keycloak/keycloak.
"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from relying_party import MakeRp, Rp

ANN = {
    "username": "ann",
    "claims": {"email": "ann@example.com", "given_name": "Ann", "family_name": "Example", "tenant": "t1"},
}
KNOWN = {
    "preferred_username": "ann",
    "email": "ann@example.com",
    "email_verified": False,
    "name": "Ann Example",
    "given_name": "Ann",
    "family_name": "Example",
    "tenant": "t1",
}
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak", users=[ANN])


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def by_password(realm: Rp, scope: str = "openid") -> dict[str, Any]:
    return dict(realm.token("password", username="ann", password="x", scope=scope).json())


def by_device(realm: Rp) -> dict[str, Any]:
    device = realm.post("device_authorization", {**realm.client, "scope": "openid", "mock_user": "ann"}).json()
    return dict(realm.token(DEVICE_CODE, device_code=device["device_code"]).json())


def context(answer: dict[str, Any]) -> str:
    """What the id of the access token begins with."""
    return str(claims(answer["access_token"])["jti"].partition(":")[0])


def test_a_refreshed_token_says_how_the_browser_came_last(realm: Rp) -> None:
    """By its cookie, for this client: then it has `acr` 0 as well, though its user has typed a password."""
    page = realm.authorize(scope="openid")
    code = realm.returned(realm.fill(page, username="ann", password="x", action="login"))["code"]
    first = realm.redeem(code).json()

    def refreshed() -> str:
        again = realm.token("refresh_token", refresh_token=first["refresh_token"]).json()
        assert claims(again["access_token"])["acr"] == claims(again["id_token"])["acr"]
        return str(claims(again["id_token"])["acr"])

    assert (claims(first["id_token"])["acr"], refreshed()) == ("1", "1")
    realm.returned(realm.authorize(scope="openid", client_id="other"))
    assert refreshed() == "1"
    second = realm.redeem(realm.returned(realm.authorize(scope="openid"))["code"]).json()
    assert (claims(second["id_token"])["acr"], refreshed()) == ("0", "0")


def test_an_id_token_has_the_default_scopes(realm: Rp) -> None:
    """profile and email, though only openid was asked for."""
    said = claims(realm.tokens("openid")["id_token"])
    assert {name: said.get(name) for name in KNOWN} == KNOWN


def test_userinfo_has_the_default_scopes(realm: Rp) -> None:
    """The same claims."""
    headers = {"Authorization": f"Bearer {realm.tokens('openid')['access_token']}"}
    said = realm.get(realm.document["userinfo_endpoint"], headers=headers).json()
    assert {name: value for name, value in said.items() if name != "sub"} == KNOWN


def test_the_access_token_names_the_default_scopes(realm: Rp) -> None:
    """Its scope has the words that the answer has."""
    answer = realm.tokens("openid")
    assert claims(answer["access_token"])["scope"].split() == answer["scope"].split() == ["openid", "email", "profile"]


def test_declared_claims_come_first(make_rp: MakeRp) -> None:
    """A full name and a checked address that were declared are not made up."""
    declared = {"name": "A. Example", "given_name": "Ann", "email_verified": True, "preferred_username": "anna"}
    realm = make_rp("keycloak", users=[{"username": "ann", "claims": declared}])
    said = claims(realm.tokens("openid")["id_token"])
    assert {name: said[name] for name in declared} == declared


def test_a_code(realm: Rp) -> None:
    """onrtac: online session, regular token, authorization code."""
    assert context(realm.tokens("openid")) == "onrtac"


def test_a_password(realm: Rp) -> None:
    """onrtro, as the specification calls the password of a resource owner."""
    assert context(by_password(realm)) == "onrtro"


def test_a_device(realm: Rp) -> None:
    """onrtdg."""
    assert context(by_device(realm)) == "onrtdg"


def test_an_exchange(realm: Rp) -> None:
    """onrtte."""
    subject = by_password(realm)["access_token"]
    form = {"subject_token": subject, "subject_token_type": ACCESS_TOKEN}
    assert context(realm.token(TOKEN_EXCHANGE, **form).json()) == "onrtte"


@pytest.mark.parametrize(("scope", "expected"), [("openid", "onrtrt"), ("openid offline_access", "ofrtrt")])
def test_a_refresh(realm: Rp, scope: str, expected: str) -> None:
    """rt, and with the scope offline_access of a session that is offline."""
    token = by_password(realm, scope)["refresh_token"]
    assert context(realm.token("refresh_token", refresh_token=token).json()) == expected


def test_a_lightweight_token(make_rp: MakeRp) -> None:
    """lt in the place of rt, for machines too."""
    realm = make_rp("keycloak", options={"lightweight": True})
    assert context(by_password(realm)) == "onltro"
    assert context(realm.token("client_credentials").json()) == "trltcc"


@pytest.mark.parametrize("name", ["access_token", "id_token"])
def test_a_login_in_a_browser_has_a_time(realm: Rp, name: str) -> None:
    """That of a code, and that of a device, whose user sees the login page."""
    assert "auth_time" in claims(realm.tokens("openid")[name])
    assert "auth_time" in claims(by_device(realm)[name])


@pytest.mark.parametrize("name", ["access_token", "id_token"])
def test_a_password_has_no_time(realm: Rp, name: str) -> None:
    """Nor have the tokens of its refresh token."""
    answer = by_password(realm)
    assert "auth_time" not in claims(answer[name])
    fresh = realm.token("refresh_token", refresh_token=answer["refresh_token"]).json()
    assert "auth_time" not in claims(fresh[name])


def test_a_refresh_keeps_the_time_of_the_login(realm: Rp) -> None:
    """The login was in a browser, whoever renews its tokens."""
    first = realm.tokens("openid")
    realm.pass_time(60)
    fresh = realm.token("refresh_token", refresh_token=first["refresh_token"]).json()
    times = [claims(answer["access_token"])["auth_time"] for answer in (first, fresh)]
    assert times[0] == times[1]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/jwk-set+json", "application/jwk-set+json"),
        ("application/jwk-set+json;q=0.9, */*;q=0.1", "application/json"),
        ("application/json, application/jwk-set+json", "application/json"),
        ("*/*", "application/json"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_type_of_a_key_set(realm: Rp, method: str, accept: str, expected: str) -> None:
    """JSON, unless the request names the type of key sets and nothing else (RFC 7517 section 8.5.2)."""
    url = realm.local(realm.about["jwks_uri"])
    answer = realm.session.request(method, url, headers={"Accept": accept}, timeout=20)
    assert answer.headers["Content-Type"] == expected


def test_only_a_key_set_has_that_type(realm: Rp) -> None:
    """The page of the realm and the discovery document don't, and the latter is refused."""
    headers = {"Accept": "application/jwk-set+json"}
    pages = [realm.document["issuer"], realm.about["discovery_url"]]
    answers = [realm.get(url, headers=headers) for url in pages]
    assert [one.status_code for one in answers] == [200, 406]
    assert {one.headers["Content-Type"].partition(";")[0] for one in answers} == {"application/json"}
