"""Tokens that come back, as at a real Keycloak 26.7.3: KEYCLOAK-26.7.3.md, rows 1, 2, 8, 10 to 12, 32, 36, 40, 43, 44,
49, 58 and 59."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from relying_party import MakeRp, Rp, refusal

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TYPES = "urn:ietf:params:oauth:token-type:"
API = {"client_id": "tasker-api", "client_secret": "secret"}
CLIENTS = [
    {"id": "app", "secret": "secret", "web_origins": ["https://app.example"]},
    {"id": "tasker-api", "secret": "secret"},
    {"id": "browser"},
    {"id": "narrow", "secret": "secret", "audiences": ["tasker-api"]},
]


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak", clients=CLIENTS, users=[{"username": "ann"}])


def by_password(realm: Rp, scope: str = "openid") -> dict[str, Any]:
    return dict(realm.token("password", username="ann", password="x", scope=scope).json())


def introspect(realm: Rp, token: str, client: dict[str, str] | None = None, **form: str) -> requests.Response:
    return realm.post("introspection", {**(client or API), "token": token, **form})


def userinfo(realm: Rp, token: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return realm.get(realm.document["userinfo_endpoint"], headers=headers)


def refreshed(realm: Rp, token: str) -> int:
    return realm.token("refresh_token", refresh_token=token).status_code


def test_introspection_is_for_the_audience(realm: Rp) -> None:
    """The API is told, the client that got the token is not, and of its ID token it is."""
    given = by_password(realm)
    assert introspect(realm, given["access_token"]).json()["active"]
    assert introspect(realm, given["access_token"], realm.client).json() == {"active": False}
    assert introspect(realm, given["id_token"], realm.client).json()["active"]


def test_introspection_as_before(make_rp: MakeRp) -> None:
    """A switch of the server, or of the client."""
    realm = make_rp("keycloak", options={"introspects_all": True})
    assert introspect(realm, by_password(realm)["access_token"], realm.client).json()["active"]


def test_a_refresh_token_is_known_by_the_hint(realm: Rp) -> None:
    """To its own client, and with that hint no other token is known."""
    given = by_password(realm)
    token, hint = given["refresh_token"], {"token_type_hint": "refresh_token"}
    assert not introspect(realm, token, realm.client).json()["active"]
    assert not introspect(realm, token, realm.client, token_type_hint="access_token").json()["active"]
    assert introspect(realm, token, realm.client, **hint).json()["active"]
    assert not introspect(realm, token, **hint).json()["active"]
    assert not introspect(realm, given["access_token"], **hint).json()["active"]


def test_what_introspection_says(realm: Rp) -> None:
    """The claims as they are, a name for machines too, `active` at the end, and nothing of where it was asked for."""
    for given, name in (
        (by_password(realm), "ann"),
        (realm.token("client_credentials").json(), "service-account-app"),
    ):
        answer = introspect(realm, given["access_token"])
        said = answer.json()
        claims = jwt.decode(given["access_token"], options={"verify_signature": False})
        assert (said["username"], said["client_id"], said["scope"]) == (name, "app", claims["scope"])
        assert (list(said)[-1], said["token_type"], answer.headers["Cache-Control"]) == ("active", "Bearer", "no-cache")
        assert not {"clientHost", "clientAddress"} & said.keys()


@pytest.mark.parametrize(
    ("form", "status", "error", "sentence"),
    [
        ({"client_id": "browser"}, 403, "invalid_request", "Client not allowed."),
        ({**API, "token_type_hint": "saml"}, 400, "invalid_request", "Unsupported token type."),
        ({**API, "client_secret": "no"}, 401, "invalid_client", "Client authentication failed."),
        ({**API, "token": None}, 400, "invalid_request", "Token not provided."),
        ({}, 401, "invalid_client", "Invalid client or Invalid client credentials"),
    ],
)
def test_refused_introspection(realm: Rp, form: dict[str, Any], status: int, error: str, sentence: str) -> None:
    """In words of its own, and without a word about caches."""
    wanted = {name: value for name, value in {"token": "t", **form}.items() if value is not None}
    answer = realm.post("introspection", wanted)
    assert (answer.status_code, *answer.json().values()) == (status, error, sentence)
    assert "Cache-Control" not in answer.headers


def test_an_empty_token_is_inactive(realm: Rp) -> None:
    """And no error."""
    assert introspect(realm, "").json() == {"active": False}


@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_a_realm_that_is_off_says_nothing_of_tokens(make_rp: MakeRp, endpoint: str) -> None:
    """403, as at the token endpoint."""
    realm = make_rp("keycloak", options={"realm_enabled": False})
    assert refusal(realm.post(endpoint, {**API, "token": "t"})) == (403, "access_denied")


def test_userinfo_is_never_kept(realm: Rp) -> None:
    """By anybody."""
    headers = userinfo(realm, by_password(realm)["access_token"]).headers
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store, no-cache", "no-cache")


def test_refused_userinfo(realm: Rp) -> None:
    """A challenge with the realm in it, and no body."""
    ended = by_password(realm)
    realm.post("end_session", {**realm.client, "refresh_token": ended["refresh_token"]})
    cases = {
        "": 'Bearer realm="tasker"',
        "none": 'Bearer realm="tasker", error="invalid_token", error_description="Token verification failed"',
        ended["access_token"]: 'Bearer realm="tasker", error="invalid_token", '
        'error_description="user_session_not_found"',
        by_password(realm, "email")["access_token"]: 'Bearer realm="tasker", error="insufficient_scope", '
        'error_description="Missing openid scope"',
    }
    answers = {token: userinfo(realm, token) for token in cases}
    assert [answer.headers["WWW-Authenticate"] for answer in answers.values()] == [*cases.values()]
    assert [answer.status_code for answer in answers.values()] == [401, 401, 401, 403]
    assert {(one.text, one.headers["Content-Type"]) for one in answers.values()} == {("", "text/plain;charset=utf-8")}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hint_ends_the_session(realm: Rp, method: str) -> None:
    """Without the cookie of the browser; a session that is offline stays."""
    given, offline = by_password(realm), by_password(realm, "openid offline_access")
    url = realm.local(realm.document["end_session_endpoint"])
    for one in (given, offline):
        hint = {"id_token_hint": one["id_token"]}
        send = {"params": hint} if method == "GET" else {"data": hint}
        assert realm.session.request(method, url, timeout=20, **send).status_code == 200  # type: ignore[arg-type]
    assert (refreshed(realm, given["refresh_token"]), userinfo(realm, given["access_token"]).status_code) == (400, 401)
    assert refreshed(realm, offline["refresh_token"]) == 200


def test_elsewhere_the_cookie_says_which_session(make_rp: MakeRp) -> None:
    """A hint alone ends none."""
    rp = make_rp("custom")
    given = rp.tokens("openid")
    rp.get(f"{rp.document['end_session_endpoint']}?id_token_hint={given['id_token']}")
    assert refreshed(rp, given["refresh_token"]) == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 200, None),
        ({"client_id": "browser", "client_secret": ""}, 400, "invalid_request"),
        ({"audience": "nowhere"}, 400, "invalid_client"),
        ({"audience": "tasker-api"}, 200, None),
        ({"client_id": "narrow", "audience": "app"}, 403, "access_denied"),
        ({"requested_subject": "bob"}, 400, "invalid_request"),
        ({"subject_issuer": "https://idp.example"}, 400, "invalid_request"),
        ({"subject_token_type": TYPES + "id_token"}, 400, "invalid_request"),
        ({"subject_token_type": TYPES + "jwt"}, 400, "invalid_request"),
        ({"requested_token_type": TYPES + "jwt"}, 400, "invalid_request"),
        (API, 200, None),
    ],
)
def test_the_standard_exchange(realm: Rp, form: dict[str, str], status: int, error: str | None) -> None:
    """What it leaves out; and who may bring which token: its client, and those in its audience."""
    subject = by_password(realm)["access_token"]
    usual = {"subject_token": subject, "subject_token_type": TYPES + "access_token", **realm.client}
    answer = realm.post("token", {"grant_type": EXCHANGE, **usual, **form})
    assert (answer.status_code, answer.json().get("error")) == (status, error)


def test_an_audience_that_is_not_the_clients(realm: Rp) -> None:
    """It is there, and not available."""
    narrow = {"client_id": "narrow", "client_secret": "secret"}
    form = {**narrow, "grant_type": "password", "username": "ann", "password": "x", "scope": "openid"}
    subject = realm.post("token", form).json()["access_token"]
    asked = {"subject_token": subject, "subject_token_type": TYPES + "access_token", "audience": "app"}
    answer = realm.post("token", {"grant_type": EXCHANGE, **narrow, **asked})
    assert answer.json() == {"error": "invalid_request", "error_description": "Requested audience not available: app"}


def test_an_assertion_of_its_own(make_rp: MakeRp) -> None:
    """Is none that it takes."""
    realm = make_rp("keycloak")
    answer = realm.token(JWT_BEARER, assertion=by_password(realm)["access_token"])
    assert refusal(answer) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("origin", "status"), [("https://app.example", 200), ("https://evil.example", 403), (None, 200)]
)
def test_a_page_of_another_origin_gets_no_token(realm: Rp, origin: str | None, status: int) -> None:
    """Nothing at all, where others only keep its script from reading the answer."""
    headers = {} if origin is None else {"Origin": origin}
    answer = realm.post("token", {"grant_type": "client_credentials", **realm.client}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {"error": "Invalid origin"}


def test_revoking_what_is_no_token(realm: Rp) -> None:
    """200 with an error in it; of another client's 400."""
    answer = realm.post("revocation", {**realm.client, "token": "none"})
    assert (answer.status_code, answer.json()["error"]) == (200, "invalid_token")
    assert realm.post("revocation", {**realm.client, "token": by_password(realm)["access_token"]}).text == ""
    other = realm.post("revocation", {**API, "token": by_password(realm)["refresh_token"]})
    assert other.json() == {"error": "invalid_request", "error_description": "Unmatching clients"}
