"""Token exchange and devices at a realm of Keycloak, as answers of a live 26.7.3 server have them."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from relying_party import CHALLENGE, VERIFIER, MakeRp, Rp

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
ACCESS_TOKEN, ID_TOKEN = (f"urn:ietf:params:oauth:token-type:{kind}_token" for kind in ("access", "id"))
CLIENTS = [
    {"id": "app", "secret": "secret", "roles": ["tasks:read"], "web_origins": ["https://app.example"]},
    {"id": "strict", "require_pkce": True},
    {"id": "bare", "secret": "secret", "grant_types": ["client_credentials"]},
]
NOT_ENABLED = "Standard token exchange is not enabled for the requested client"


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp(
        "keycloak", algorithm="ES256", audience="tasks", clients=CLIENTS, users=[{"username": "ann"}], scopes=["t:list"]
    )


def by_password(realm: Rp, scope: str = "openid") -> dict[str, Any]:
    return dict(realm.token("password", username="ann", password="x", scope=scope).json())


def exchange(realm: Rp, subject: str, **form: str) -> requests.Response:
    return realm.token(EXCHANGE, **{"subject_token": subject, "subject_token_type": ACCESS_TOKEN, **form})


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def said(answer: requests.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error_description"])


def test_an_exchanged_token_is_of_the_same_login(realm: Rp) -> None:
    """And ends with it."""
    first = by_password(realm)
    given = exchange(realm, first["access_token"]).json()
    assert given["session_state"] == first["session_state"] == claims(given["access_token"])["sid"]
    assert list(given)[-2:] == ["scope", "issued_token_type"]
    realm.post("end_session", {**realm.client, "refresh_token": first["refresh_token"]})
    assert said(exchange(realm, given["access_token"])) == "Invalid token"


def test_the_scope_is_any_of_the_client(realm: Rp) -> None:
    """Not a part of that of the subject token; openid brings an ID token."""
    token = by_password(realm, "email")["access_token"]
    assert "id_token" not in exchange(realm, token).json()
    given = exchange(realm, token, scope="openid t:list").json()
    assert given["scope"] == "openid t:list email profile"
    assert claims(given["id_token"])["aud"] == "app"
    assert said(exchange(realm, token, scope="unknown")) == "Invalid scopes: unknown"


def test_an_id_token_that_is_asked_for(realm: Rp) -> None:
    """It comes as the access token, and is no bearer token; a refresh token is not to be had."""
    token = by_password(realm)["access_token"]
    given = exchange(realm, token, requested_token_type=ID_TOKEN).json()
    assert (given["token_type"], given["issued_token_type"]) == ("N_A", ID_TOKEN)
    assert claims(given["access_token"])["typ"] == "ID"
    refused = exchange(realm, token, requested_token_type=ACCESS_TOKEN.replace("access", "refresh"))
    assert said(refused) == "requested_token_type unsupported"
    assert said(exchange(realm, token, requested_token_type="")) == "requested_token_type unsupported"


def test_an_audience_that_the_tokens_have(realm: Rp) -> None:
    """The token is for it alone, with its roles alone; another client is not available."""
    token = by_password(realm)["access_token"]
    given = claims(exchange(realm, token, audience="account").json()["access_token"])
    assert (given["aud"], list(given["resource_access"])) == ("account", ["account"])
    assert said(exchange(realm, token, audience="app")) == "Requested audience not available: app"
    assert said(exchange(realm, token, audience="")) == "Audience not found"


def test_a_machine_exchanges_its_own_token(realm: Rp) -> None:
    """For one of the account that stands for it, without a session."""
    own = realm.token("client_credentials").json()
    given = exchange(realm, own["access_token"], scope="openid").json()
    first, token = claims(own["access_token"]), claims(given["access_token"])
    assert (token["sub"], token["preferred_username"]) == (first["sub"], "service-account-app")
    assert (token["permissions"], token["jti"][:7]) == (["tasks:read"], "trrtte:")
    assert "sid" not in {**token, **given}
    assert "session_state" not in given
    assert claims(given["id_token"])["sub"] == first["sub"]
    # It says where it was asked for when it logs in, not when it exchanges.
    assert [name for name in ("clientHost", "clientAddress", "client_id") if name in claims(given["id_token"])] == []


def test_who_has_exchanged_its_own_token_ends_all_by_revoking_one(realm: Rp) -> None:
    """Of that login, and of no other; the other tokens are told that they have no session, the one that it is none."""
    other = by_password(realm)
    for revoked in ("subject", "exchanged"):
        first = by_password(realm)
        tokens = {"subject": first["access_token"]}
        tokens["exchanged"] = exchange(realm, tokens["subject"], scope="openid").json()["access_token"]
        realm.post("revocation", {**realm.client, "token": tokens[revoked]})
        for name, token in tokens.items():
            answer = realm.get(realm.document["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401
            assert ("user_session_not_found" in answer.headers["WWW-Authenticate"]) == (name != revoked)
        assert realm.token("refresh_token", refresh_token=first["refresh_token"]).status_code == 400
    assert realm.token("refresh_token", refresh_token=other["refresh_token"]).status_code == 200


def test_who_has_exchanged_nothing_revokes_one_token(realm: Rp) -> None:
    """And goes on."""
    first = by_password(realm)
    realm.post("revocation", {**realm.client, "token": first["access_token"]})
    assert realm.token("refresh_token", refresh_token=first["refresh_token"]).status_code == 200


def test_what_another_client_has_exchanged_goes_on(make_rp: MakeRp) -> None:
    """Whichever of the two tokens is revoked, of that client or the first."""
    clients = [{"id": "app", "secret": "secret"}, {"id": "account", "secret": "secret"}]
    realm = make_rp("keycloak", algorithm="ES256", audience="tasks", clients=clients, users=[{"username": "ann"}])
    for revoked in ("app", "account"):
        first = by_password(realm)
        tokens = {"app": first["access_token"]}
        given = exchange(realm, tokens["app"], client_id="account", scope="openid")
        tokens["account"] = given.json()["access_token"]
        form = {"client_id": revoked, "client_secret": "secret", "token": tokens.pop(revoked)}
        realm.post("revocation", form)
        (left,) = tokens.values()
        answer = realm.get(realm.document["userinfo_endpoint"], headers={"Authorization": f"Bearer {left}"})
        assert answer.status_code == 200
        assert realm.token("refresh_token", refresh_token=first["refresh_token"]).status_code == 200


def test_a_token_of_an_offline_session(realm: Rp) -> None:
    """What it is exchanged for outlives nothing."""
    token = by_password(realm, "openid offline_access")["access_token"]
    given = exchange(realm, token).json()
    assert (given["scope"], claims(given["access_token"])["jti"][:7]) == ("email profile", "ftrtte:")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"subject_token": "garbage"}, "Invalid token"),
        ({"client_id": "bare"}, NOT_ENABLED),
        ({"subject_token_type": "something"}, "Parameter 'subject_token' supports access tokens only"),
    ],
)
def test_what_is_not_exchanged(realm: Rp, form: dict[str, str], sentence: str) -> None:
    """Each has its words."""
    subject = by_password(realm)["access_token"]
    assert said(exchange(realm, form.get("subject_token", subject), **form)) == sentence


def test_an_id_token_is_no_access_token(realm: Rp) -> None:
    """Whatever it is called."""
    assert said(exchange(realm, by_password(realm)["id_token"])) == "Invalid token"


def test_no_actor_stands_in_the_token(realm: Rp) -> None:
    """It is not looked at."""
    token = by_password(realm)["access_token"]
    given = exchange(realm, token, actor_token=token, actor_token_type=ACCESS_TOKEN).json()
    assert "act" not in claims(given["access_token"])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Missing parameter:assertion"),
        ({"assertion": "garbage"}, "The provided assertion is not a valid JWT"),
    ],
)
def test_an_assertion_that_is_none(realm: Rp, form: dict[str, str], sentence: str) -> None:
    """That is said before it is said that the client may not use one."""
    assert said(realm.token(JWT_BEARER, **{**form, "client_id": "bare"})) == sentence


def test_an_assertion_of_a_client_that_may_not(realm: Rp) -> None:
    """A token of the realm, for one."""
    answer = realm.token(JWT_BEARER, client_id="bare", assertion=by_password(realm)["access_token"])
    assert said(answer) == "JWT Authorization Grant is not supported for the requested client"


def begin(realm: Rp, client_id: str = "strict", **more: str) -> requests.Response:
    return realm.post("device_authorization", {"client_id": client_id, "scope": "openid", **more})


def test_a_device_proves_itself(realm: Rp) -> None:
    """With PKCE, where its client has to."""
    assert said(begin(realm)) == "Missing parameter: code_challenge_method"
    proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "mock_user": "ann"}
    for verifier, status in ((VERIFIER, 200), (VERIFIER[:-1] + "w", 400), ("", 400)):
        code = begin(realm, **proof).json()["device_code"]
        form = {"client_id": "strict", "device_code": code, "code_verifier": verifier}
        assert realm.post("token", {"grant_type": DEVICE_CODE, **form}).status_code == status


def test_a_device_waits_also_when_its_user_has_decided(realm: Rp) -> None:
    """Its second question comes too early, whatever the answer would be."""
    begun = begin(realm, "app", client_secret="secret").json()

    def ask() -> dict[str, Any]:
        return dict(realm.token(DEVICE_CODE, device_code=begun["device_code"]).json())

    assert ask()["error"] == "authorization_pending"
    page = realm.get(begun["verification_uri_complete"])
    realm.fill(page, username="ann", password="x", action="allow")
    assert ask()["error"] == "slow_down"
    realm.pass_time(60)
    assert "access_token" in ask()


def test_what_devices_are_told(realm: Rp) -> None:
    """In its words, and pages of other origins are told nothing."""
    assert "The flow is disabled for the client." in said(begin(realm, "bare", client_secret="secret"))
    code = begin(realm, "app", client_secret="secret").json()["device_code"]
    other = realm.post("token", {"grant_type": DEVICE_CODE, "client_id": "strict", "device_code": code})
    assert said(other) == "unauthorized client"
    form = {**realm.client, "scope": "openid"}
    refused = realm.post("device_authorization", form, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()) == (403, {"error": "Invalid origin"})
    page = realm.post("device_authorization", form)
    assert page.headers["Cache-Control"] == "no-store, must-revalidate, max-age=0"
