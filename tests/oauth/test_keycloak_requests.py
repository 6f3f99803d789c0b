"""Requests that a real Keycloak 26.7.3 answers in its own way: KEYCLOAK-26.7.3.md, rows 19, 21 to 24, 26, 27, 29, 30,
34, 42, 45, 46, 49 and 54 to 57."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from relying_party import CALLBACK, CHALLENGE, MakeRp, Rp, refusal

ORIGIN = {"Origin": "https://app.example"}
BAD_CLIENT = "Invalid client or Invalid client credentials"
NO_GRANT = "Missing form parameter: grant_type"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ANN = {"username": "ann", "password": "right", "claims": {"email": "Ann@example.com"}}
CLIENTS = [
    {"id": "app", "secret": "secret", "scopes": ["tasks:list"], "redirect_uris": [CALLBACK]},
    {"id": "pkce", "secret": "secret", "require_pkce": True},
]


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak", clients=CLIENTS, users=[ANN])


def send(realm: Rp, method: str, url: str, **more: Any) -> requests.Response:
    return realm.session.request(method, realm.local(url), timeout=20, allow_redirects=False, **more)


def at(realm: Rp, path: str) -> str:
    return str(realm.document["issuer"]) + path


@pytest.mark.parametrize("endpoint", ["token", "introspection", "device_authorization", "revocation"])
def test_nobody_is_no_client(realm: Rp, endpoint: str) -> None:
    """401, as for an unknown client; a pushed request is refused in other words."""
    answer = realm.post(endpoint, {"grant_type": "client_credentials", "token": "t"})
    assert (answer.status_code, *answer.json().values()) == (401, "invalid_client", BAD_CLIENT)
    pushed = realm.post("pushed_authorization_request", {"response_type": "code"})
    assert (pushed.status_code, *pushed.json().values()) == (401, "invalid_request", "Authentication failed.")


def test_a_broken_header_is_not_challenged(realm: Rp) -> None:
    """The recorded 26.7.1 said Basic."""
    answer = realm.token("client_credentials", headers={"Authorization": "Basic ???"})
    assert (refusal(answer), "WWW-Authenticate" in answer.headers) == ((401, "invalid_client"), False)


@pytest.mark.parametrize("form", [{"client_assertion": "garbage"}, {"client_assertion_type": "none"}])
def test_an_assertion_that_is_none(realm: Rp, form: dict[str, str]) -> None:
    """As a wrong secret, where the client says who it is."""
    usual = {"client_assertion": "a.b.c", "client_assertion_type": ASSERTION, "grant_type": "client_credentials"}
    assert refusal(realm.post("token", {**usual, **form})) == (401, "invalid_client")
    named = {**usual, **form, "client_id": realm.client["client_id"]}
    assert refusal(realm.post("token", named)) == (401, "unauthorized_client")


@pytest.mark.parametrize("scope", ["", "tasks:list  email", " email"])
def test_a_scope_without_a_name(realm: Rp, scope: str) -> None:
    """It stands between two blanks, and where nothing is."""
    form = {"grant_type": "client_credentials", **realm.client, "scope": scope}
    answer = realm.post("token", form)
    assert answer.json() == {"error": "invalid_scope", "error_description": f"Invalid scopes: {scope}"}


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"grant_type": "client_credentials"}},
        {"data": "grant_type=client_credentials", "headers": {"Content-Type": "text/plain"}},
        {"data": ""},
        {},
    ],
)
def test_a_body_that_is_no_form(realm: Rp, body: dict[str, Any]) -> None:
    """Has no grant type."""
    answer = send(realm, "POST", realm.document["token_endpoint"], **body)
    assert (answer.status_code, *answer.json().values()) == (400, "invalid_request", NO_GRANT)


@pytest.mark.parametrize(
    ("grant", "form", "expected"),
    [
        ("refresh_token", {}, (400, "invalid_request", "No refresh token")),
        ("password", {"password": "right"}, (401, "invalid_request", "Missing parameter: username")),
        ("password", {"username": "ann"}, (400, "invalid_grant", "Invalid user credentials")),
    ],
)
def test_what_a_grant_lacks(realm: Rp, grant: str, form: dict[str, str], expected: tuple[int, str, str]) -> None:
    """Each says it in its own way."""
    answer = realm.token(grant, **form)
    assert (answer.status_code, *answer.json().values()) == expected


@pytest.mark.parametrize("name", ["ann", "ANN", "ann@example.com", "ANN@EXAMPLE.COM"])
def test_names_of_users(realm: Rp, name: str) -> None:
    """Capitals don't matter, and the address is a name, too."""
    assert realm.token("password", username=name, password="right").status_code == 200
    assert refusal(realm.token("password", username=name, password="wrong")) == (400, "invalid_grant")


def test_elsewhere_a_name_is_a_name(make_rp: MakeRp) -> None:
    """Letter by letter."""
    rp = make_rp("custom", users=[ANN])
    assert refusal(rp.token("password", username="ANN", password="right")) == (400, "invalid_grant")


def test_a_device_is_not_told_of_a_scope(realm: Rp) -> None:
    """The word counts for nothing."""
    device = realm.post("device_authorization", {**realm.client, "scope": "openid nothing", "mock_user": "ann"}).json()
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    assert realm.token(grant, device_code=device["device_code"]).json()["scope"] == "openid email profile"


def test_the_way_back(realm: Rp) -> None:
    """302, the session beside the code and in it."""
    answer = realm.authorize(mock_user="ann", state="s", scope="openid")
    said = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert (answer.status_code, list(said)) == (302, ["state", "session_state", "iss", "code"])
    dress = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    assert re.fullmatch(rf"{dress}\.{re.escape(said['session_state'])}\.{dress}", said["code"])
    assert realm.redeem(said["code"]).json()["session_state"] == said["session_state"]


@pytest.mark.parametrize(
    ("asked", "error", "description"),
    [
        ({"prompt": "none"}, "login_required", None),
        ({"response_type": "none"}, "unsupported_response_type", None),
        ({"response_type": ""}, "invalid_request", "Missing parameter: response_type"),
        ({"response_mode": "web"}, "invalid_request", "Invalid parameter: response_mode"),
        ({"client_id": "pkce"}, "invalid_request", "Missing parameter: code_challenge_method"),
        (
            {"client_id": "pkce", "code_challenge": CHALLENGE, "code_challenge_method": "plain"},
            "invalid_request",
            "Invalid parameter: code_challenge_method",
        ),
    ],
)
def test_refusals_on_the_way_back(realm: Rp, asked: dict[str, str], error: str, description: str | None) -> None:
    """In its words, or in none."""
    said = realm.returned(realm.authorize(**asked))
    assert (said["error"], said.get("error_description")) == (error, description)


def test_a_challenge_for_who_has_to_have_one(realm: Rp) -> None:
    """S256 is good."""
    asked = {"client_id": "pkce", "code_challenge": CHALLENGE, "code_challenge_method": "S256", "mock_user": "ann"}
    assert "code" in realm.returned(realm.authorize(**asked))


def test_a_parameter_that_is_given_twice(realm: Rp) -> None:
    """The client is told."""
    url = f"{realm.document['authorization_endpoint']}?client_id=app&response_type=code&redirect_uri={CALLBACK}"
    said = realm.returned(realm.get(f"{url}&nonce=a&nonce=b"))
    assert (said["error"], said["error_description"]) == ("invalid_request", "duplicated parameter")


def test_a_request_says_where_the_answer_goes(realm: Rp) -> None:
    """Though there is one place only that it may go to."""
    assert realm.authorize(redirect_uri="").status_code == 400


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "introspection_endpoint", "userinfo_endpoint"])
def test_a_method_that_is_not_there(realm: Rp, name: str) -> None:
    """405; without an Origin, OPTIONS is answered by nothing."""
    answer = send(realm, "PUT", realm.document[name])
    assert (answer.status_code, answer.json()) == (405, {"error": "HTTP 405 Method Not Allowed"})
    assert send(realm, "OPTIONS", realm.document[name]).status_code == 200


def test_discovery_knows_no_other_method(realm: Rp) -> None:
    """404."""
    answer = send(realm, "POST", realm.about["discovery_url"])
    assert (answer.status_code, answer.json()) == (404, {"error": "HTTP 404 Not Found"})


def test_a_slash_at_the_end_changes_nothing(realm: Rp) -> None:
    """Of documents and of endpoints."""
    for url in (realm.about["discovery_url"], realm.about["jwks_uri"], realm.document["issuer"]):
        assert realm.get(url + "/").json() == realm.get(url).json()
    form = {"grant_type": "client_credentials", **realm.client}
    assert send(realm, "POST", realm.document["token_endpoint"] + "/", data=form).status_code == 200


@pytest.mark.parametrize(
    ("path", "sentence", "secured"),
    [
        ("/nothing/here", "HTTP 404 Not Found", True),
        ("/protocol/other/certs", "Protocol not found", True),
        ("/../../nothing", "Unable to find matching target resource method", False),
    ],
)
def test_a_path_that_is_not_there(realm: Rp, path: str, sentence: str, secured: bool) -> None:
    """Below a realm, below a protocol that it has not, and elsewhere."""
    url = at(realm, "").removesuffix("/realms/tasker") + "/nothing" if path.startswith("/..") else at(realm, path)
    answer = realm.get(url)
    assert (answer.status_code, answer.json()["error"]) == (404, sentence)
    assert ("X-Frame-Options" in answer.headers) == secured


def test_no_document_without_tls(make_rp: MakeRp) -> None:
    """Where all requests need it, and not those for tokens alone."""
    realm = make_rp("keycloak", options={"ssl_required": "all"})
    for url in (realm.about["discovery_url"], realm.about["jwks_uri"]):
        answer = realm.get(url)
        assert (answer.status_code, *answer.json().values()) == (403, "invalid_request", "HTTPS required")


def test_pages_of_other_origins(realm: Rp) -> None:
    """May send credentials along for a document that is for everybody, and no cache is told of it."""
    headers = realm.get(realm.about["jwks_uri"], headers=ORIGIN).headers
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Vary")
    assert [headers.get(name) for name in names] == [ORIGIN["Origin"], "true", None]
    preflight = {**ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = send(realm, "OPTIONS", realm.about["jwks_uri"], headers=preflight)
    assert (answer.headers["Access-Control-Allow-Methods"], "Vary" in answer.headers) == ("GET", False)


def test_a_pushed_request_of_another_type(realm: Rp) -> None:
    """It is invalid, and no cache is told anything."""
    answer = realm.post(
        "pushed_authorization_request", {**realm.client, "response_type": "x", "redirect_uri": CALLBACK}
    )
    assert (refusal(answer), "Cache-Control" in answer.headers) == ((400, "invalid_request"), False)


def test_headers_have_blanks(realm: Rp) -> None:
    """A reader of JSON sees none of it."""
    given = realm.token("password", username="ann", password="right", scope="openid").json()
    for name in ("access_token", "id_token", "refresh_token"):
        segment = given[name].partition(".")[0]
        header = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)).decode()
        assert re.fullmatch(r'{"alg":"\w+","typ" : "JWT","kid" : "[\w-]+"}', header), header
