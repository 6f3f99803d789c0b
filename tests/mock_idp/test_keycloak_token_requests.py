"""What a Keycloak makes of token requests of a client. Facts: answers of a live 26.7.3 server."""

from __future__ import annotations

import base64
from typing import Any

import jwt
import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

SECRET = "a-secret-of-no-one"
GOOD = {"grant_type": "client_credentials", "client_id": "svc", "client_secret": SECRET}
PAGE = "https://page.example"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def keycloak(make_issuer: MakeIssuer) -> IssuerApi:
    clients = [{"id": name, "secret": SECRET, "web_origins": ["https://app.example"]} for name in ("svc", "other")]
    return make_issuer("keycloak", algorithm="ES256", scopes=["tasks:list"], clients=clients)


def ask(issuer: IssuerApi, form: Any, **headers: str) -> requests.Response:
    url = issuer.local(issuer.about["token_endpoint"])
    usual = {"Content-Type": "application/x-www-form-urlencoded"}
    return issuer.api.session.post(url, data=form, headers=usual | headers, timeout=20)


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (" ", "email profile"),
        ("email ", "email profile"),
        ("roles web-origins basic acr organization", "email profile"),
        ("microprofile-jwt", "microprofile-jwt email profile"),
        ("", None),
        (" email", None),
        ("email  profile", None),
        ("email nothing:known", None),
        ("\u00e9", None),
    ],
)
def test_scopes(keycloak: IssuerApi, scope: str, said: str | None) -> None:
    """Those of a fresh realm may be asked for, few stand in the token; a bad one is named with all others."""
    answer = ask(keycloak, {**GOOD, "scope": scope}).json()
    assert answer.get("scope") == said
    assert said is not None or answer["error_description"] == f"Invalid scopes: {scope}"


def test_a_scope_of_a_realm_is_no_permission(keycloak: IssuerApi) -> None:
    """microprofile-jwt brings claims."""
    token = ask(keycloak, {**GOOD, "scope": "microprofile-jwt roles"}).json()["access_token"]
    said = jwt.decode(token, options={"verify_signature": False})
    assert (said["upn"], said["groups"]) == ("service-account-svc", said["realm_access"]["roles"])
    assert "permissions" not in said


def test_a_form_that_is_no_ascii(keycloak: IssuerApi) -> None:
    """Bytes that should have been escaped are read as the text they are."""
    answer = ask(keycloak, f"grant_type=client_credentials&client_id=svc&client_secret={SECRET}&scope=\u00e9".encode())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("authorization", "form", "azp"),
    [
        (basic("svc", "wrong"), {}, "svc"),
        (basic("svc", SECRET), {"client_secret": "wrong"}, None),
        (basic("svc", SECRET), {"client_id": "other"}, "other"),
        (basic("svc", SECRET), {"client_id": "other", "client_secret": None}, "other"),
        (basic("svc", "wrong"), {"client_id": None}, "svc"),
        ("Basic ???", {}, "svc"),
        ("Bearer abc", {}, "svc"),
        ("Bearer abc", {"client_secret": None}, None),
        ("Bearer abc", {"client_id": None}, None),
    ],
)
def test_the_form_counts_more_than_the_header(
    keycloak: IssuerApi, authorization: str, form: dict[str, str | None], azp: str | None
) -> None:
    """What it has of id and secret stands in place of what the header has."""
    answer = ask(keycloak, {**GOOD, **form}, Authorization=authorization)
    token = answer.json().get("access_token")
    assert (jwt.decode(token, options={"verify_signature": False})["azp"] if token else None) == azp
    assert answer.status_code == (401 if azp is None else 200)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"client_id": None, "client_secret": None, "client_assertion": "garbage"}, "invalid_client"),
        ({"client_secret": None, "client_assertion": "garbage"}, "unauthorized_client"),
    ],
)
def test_refusals(keycloak: IssuerApi, changes: dict[str, str | None], code: str) -> None:
    """An empty grant type is an unknown one; whose assertion is unreadable is unknown, too."""
    assert ask(keycloak, {**GOOD, **changes}).json()["error"] == code


def test_any_page_may_read_that_a_client_is_unknown(keycloak: IssuerApi) -> None:
    """Whose pages may ask is known when the client is; then the others read nothing."""
    wrong = ask(keycloak, {**GOOD, "client_secret": "wrong"}, Origin=PAGE)
    assert (wrong.status_code, wrong.headers[ALLOWED]) == (401, PAGE)
    other = ask(keycloak, GOOD, Origin=PAGE)
    assert (other.status_code, other.headers.get(ALLOWED), other.headers["Cache-Control"]) == (403, None, "no-store")


def test_the_id_token_of_a_machine(keycloak: IssuerApi) -> None:
    """Its claims stand as those of an access token."""
    token = ask(keycloak, {**GOOD, "scope": "openid"}).json()["id_token"]
    names = list(jwt.decode(token, options={"verify_signature": False}))
    assert names[:10] == ["exp", "iat", "jti", "iss", "aud", "sub", "typ", "azp", "at_hash", "acr"]
