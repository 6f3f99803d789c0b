"""What a Keycloak says of users, and of their tokens that come back. Facts: answers of a live 26.7.3 server."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

SECRET = "a-secret-of-no-one"
CALLBACK = "https://app.example/cb"
CLIENT = {"client_id": "svc", "client_secret": SECRET}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture
def keycloak(make_issuer: MakeIssuer) -> IssuerApi:
    clients: list[dict[str, Any]] = [
        {"id": "svc", "secret": SECRET, "redirect_uris": [CALLBACK], "roles": ["of:machines"]},
        {"id": "machine", "secret": SECRET, "grant_types": ["client_credentials"]},
    ]
    clients.append({"id": "page", "secret": SECRET, "web_origins": ["https://app.example"]})
    users = [{"username": "ann", "password": "ann", "roles": ["of:ann"]}]
    return make_issuer("keycloak", algorithm="ES256", scopes=["tasks:list"], clients=clients, users=users)


def ask(issuer: IssuerApi, path: str, form: Any = None, method: str = "POST", **more: Any) -> requests.Response:
    url = issuer.local(issuer.about["issuer"]) + "/protocol/openid-connect" + path
    return issuer.api.session.request(method, url, data=form, allow_redirects=False, timeout=20, **more)


def log_in(issuer: IssuerApi, **more: str) -> dict[str, Any]:
    form = {"grant_type": "password", **CLIENT, "username": "ann", "password": "ann", "scope": "openid", **more}
    return dict(ask(issuer, "/token", form).json())


def refresh(issuer: IssuerApi, token: str, **more: str) -> dict[str, Any]:
    return dict(ask(issuer, "/token", {"grant_type": "refresh_token", **CLIENT, "refresh_token": token, **more}).json())


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def authorize(issuer: IssuerApi, cookie: str = "", form: Any = None, **more: str) -> tuple[str, str]:
    """The code of an authorization request, and the cookie of the browser."""
    query = {"response_type": "code", "client_id": "svc", "redirect_uri": CALLBACK, "scope": "openid", **more}
    headers = {"Cookie": cookie} if cookie else {}
    answer = ask(issuer, "/auth", form, "POST" if form else "GET", params=query, headers=headers)
    assert answer.headers["Cache-Control"] == "no-store, must-revalidate, max-age=0"
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0], answer.headers.get("Set-Cookie", "")


def by_code(issuer: IssuerApi, code: str, **more: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", **CLIENT, "redirect_uri": CALLBACK, "code": code, **more}
    return dict(ask(issuer, "/token", form).json())


def test_a_login_that_was_there_already(keycloak: IssuerApi) -> None:
    """Its tokens have another acr: who wants to be sure that somebody has typed a password can tell."""
    code, cookie = authorize(keycloak, form={"username": "ann", "password": "ann"})
    first = by_code(keycloak, code)
    again = by_code(keycloak, authorize(keycloak, cookie.partition(";")[0])[0])
    assert [claims(one[name])["acr"] for one in (first, again) for name in ("access_token", "id_token")] == [
        *("1", "1"),
        *("0", "0"),
    ]


def test_roles_of_a_client_are_no_roles_of_its_users(keycloak: IssuerApi) -> None:
    """They belong to the account that stands for it."""
    assert claims(log_in(keycloak)["access_token"])["permissions"] == ["of:ann"]
    token = ask(keycloak, "/token", {"grant_type": "client_credentials", **CLIENT}).json()["access_token"]
    assert claims(token)["permissions"] == ["of:machines"]


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("openid", "openid email profile"),
        ("openid email", "openid email profile"),
        ("email", "email profile"),
        ("tasks:list", "email profile"),
        ("openid address", "openid email profile"),
        ("nothing:known", None),
        ("", None),
    ],
)
def test_the_scope_of_a_refresh(keycloak: IssuerApi, scope: str, said: str | None) -> None:
    """What the client may have is asked for, and what was granted comes, with an ID token whatever it is."""
    answer = refresh(keycloak, log_in(keycloak)["refresh_token"], scope=scope)
    assert answer.get("scope") == said
    assert ("id_token" in answer) is (said is not None)


def test_an_offline_session_is_one_from_its_beginning(keycloak: IssuerApi) -> None:
    """And stays one, whatever a refresh asks for."""
    tokens = log_in(keycloak, scope="openid offline_access")
    assert claims(tokens["access_token"])["jti"].startswith("ofrtro:")
    assert refresh(keycloak, tokens["refresh_token"], scope="openid")["scope"] == "openid offline_access email profile"


def test_a_refresh_token_of_another_client(keycloak: IssuerApi) -> None:
    """It is looked at before the grants of who sends it; an empty one is no good one."""
    token = log_in(keycloak)["refresh_token"]
    assert "don't match" in refresh(keycloak, token, client_id="machine")["error_description"]
    assert refresh(keycloak, "")["error_description"] == "Invalid refresh token"


def test_an_empty_user_is_nobody(keycloak: IssuerApi) -> None:
    assert log_in(keycloak, username="")["error_description"] == "Invalid user credentials"


@pytest.mark.parametrize(
    ("challenge", "verifier", "sentence"),
    [
        ("", VERIFIER, "PKCE code verifier specified but challenge not present in authorization"),
        (VERIFIER, None, "PKCE code verifier not specified"),
        (VERIFIER, "short", "PKCE verification failed: Invalid code verifier"),
        (VERIFIER, "", "PKCE verification failed: Invalid code verifier"),
        (VERIFIER, VERIFIER[::-1], "PKCE verification failed: Code mismatch"),
    ],
)
def test_what_is_wrong_with_a_verifier(
    keycloak: IssuerApi, challenge: str, verifier: str | None, sentence: str
) -> None:
    more = {"code_challenge": challenge, "code_challenge_method": "plain"} if challenge else {}
    code, _ = authorize(keycloak, mock_user="ann", **more)
    said = by_code(keycloak, code, **({} if verifier is None else {"code_verifier": verifier}))
    assert said["error_description"] == sentence


def test_what_ends_has_no_words(keycloak: IssuerApi) -> None:
    """A logout by refresh token and a revocation have the headers of a page, and nothing in them."""
    for path, member, status in (("/logout", "refresh_token", 204), ("/revoke", "token", 200)):
        answer = ask(keycloak, path, {**CLIENT, member: log_in(keycloak)["refresh_token"]})
        assert (answer.status_code, answer.content) == (status, b"")
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert "Pragma" not in answer.headers


def test_revocation(keycloak: IssuerApi) -> None:
    """An ID token is of no kind to be revoked; an access token may be twice, a refresh token not."""
    tokens = log_in(keycloak)

    def revoke(token: str) -> tuple[int, str]:
        answer = ask(keycloak, "/revoke", {**CLIENT, "token": token})
        return answer.status_code, answer.json()["error"] if answer.content else ""

    assert revoke(tokens["id_token"]) == (400, "unsupported_token_type")
    assert [revoke(tokens["access_token"]) for _ in range(2)] == [(200, ""), (200, "")]
    assert [revoke(tokens["refresh_token"]) for _ in range(2)] == [(200, ""), (200, "invalid_token")]
    assert revoke("") == (200, "invalid_token")


def test_an_empty_hint_is_none(keycloak: IssuerApi) -> None:
    """Introspection knows three kinds, and the empty one isn't among them."""
    answer = ask(keycloak, "/token/introspect", {**CLIENT, "token": "x", "token_type_hint": ""})
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Unsupported token type.")


def test_userinfo_is_for_access_tokens(keycloak: IssuerApi) -> None:
    """Not for an ID token, nor for the page of somebody else."""
    tokens = log_in(keycloak, client_id="page")
    asked = {name: {"Authorization": f"Bearer {tokens[name]}"} for name in ("access_token", "id_token")}
    assert (
        "Token verification failed" in ask(keycloak, "/userinfo", headers=asked["id_token"]).headers["WWW-Authenticate"]
    )
    for origin, status in (("https://app.example", 200), ("https://evil.example", 403)):
        assert ask(keycloak, "/userinfo", headers=asked["access_token"] | {"Origin": origin}).status_code == status
