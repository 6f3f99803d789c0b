"""Scripted answers of the flows' endpoints, in the words of the endpoint and the vendor."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

CALLBACK = "https://app.test/cb"
CLIENT = {"client_id": "me", "client_secret": "s"}
PASSWORD = {**CLIENT, "grant_type": "password", "username": "ann", "password": "p", "scope": "openid"}


def plan(issuer: IssuerApi, **step: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/script", step))


def send(issuer: IssuerApi, endpoint: str, method: str = "POST", **more: Any) -> requests.Response:
    """A request to an endpoint of the discovery document."""
    document = issuer.get("discovery_url").json()
    with requests.Session() as session:
        session.trust_env = False
        url = issuer.local(document[f"{endpoint}_endpoint"])
        return session.request(method, url, timeout=20, allow_redirects=False, **more)


def authorize(issuer: IssuerApi, **more: str) -> requests.Response:
    asked = {"response_type": "code", "client_id": "me", "redirect_uri": CALLBACK, "state": "st", **more}
    return send(issuer, "authorization", "GET", params=asked)


def test_an_error_of_the_authorization_endpoint(issuer: IssuerApi) -> None:
    """The browser takes it to the client, with the state (RFC 6749 section 4.1.2.1)."""
    plan(issuer, on="authorize", error={"error": "temporarily_unavailable", "error_description": "Later."})
    location = urlsplit(authorize(issuer).headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    came = dict(parse_qsl(location.query))
    assert (came["error"], came["error_description"], came["state"]) == ("temporarily_unavailable", "Later.", "st")
    assert authorize(issuer).status_code == 200


def test_an_error_with_nowhere_to_go(issuer: IssuerApi) -> None:
    """A redirect URI that cannot be trusted gets no redirect, scripted or not."""
    plan(issuer, on="authorize", error={"error": "server_error"})
    answer = authorize(issuer, redirect_uri="no-uri")
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_a_status_of_the_authorization_endpoint(issuer: IssuerApi) -> None:
    """Whoever names a status wants no redirect."""
    plan(issuer, on="authorize", error={"error": "server_error", "status": 500})
    assert (authorize(issuer).status_code, authorize(issuer).status_code) == (500, 200)


def test_the_client_of_an_authorization_request(issuer: IssuerApi) -> None:
    """It stands in the query; steps and the log find it there."""
    plan(issuer, on="authorize", when={"client_id": "other"}, error={"error": "access_denied"})
    assert authorize(issuer).status_code == 200
    assert authorize(issuer, client_id="other").status_code == 303
    assert [one["query"] for one in issuer.log("?client_id=other")] == [issuer.log()[-1]["query"]]


@pytest.mark.parametrize(
    ("error", "status"), [("invalid_token", 401), ("insufficient_scope", 403), ("invalid_request", 400)]
)
def test_an_error_of_userinfo(issuer: IssuerApi, error: str, status: int) -> None:
    """In the challenge as well as in the body (RFC 6750 section 3.1)."""
    plan(issuer, on="userinfo", error={"error": error})
    answer = send(issuer, "userinfo", "GET")
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert answer.headers["WWW-Authenticate"] == f'Bearer error="{error}"'


def test_claims_of_userinfo(issuer: IssuerApi) -> None:
    """In the usual answer, in place of others of their name."""
    headers = {"Authorization": f"Bearer {send(issuer, 'token', data=PASSWORD).json()['access_token']}"}
    plan(issuer, on="userinfo", claims={"tenant": 7})
    assert send(issuer, "userinfo", "GET", headers=headers).json() == {"sub": "ann", "tenant": 7}
    assert send(issuer, "userinfo", "GET", headers=headers).json() == {"sub": "ann"}


def test_claims_of_a_refusal(issuer: IssuerApi) -> None:
    """There are none to put anything into."""
    plan(issuer, on="userinfo", claims={"tenant": 7})
    answer = send(issuer, "userinfo", "GET")
    assert (answer.status_code, answer.json()) == (401, {})


def test_claims_of_introspection(issuer: IssuerApi) -> None:
    """Such as a token that has ended early."""
    token = send(issuer, "token", data=PASSWORD).json()["access_token"]
    plan(issuer, on="introspect", claims={"active": False})
    form = {**CLIENT, "token": token}
    assert [send(issuer, "introspection", data=form).json()["active"] for _ in range(2)] == [False, True]


@pytest.mark.parametrize(
    ("style", "problem", "status", "error"),
    [
        ("auth0", "wrong_secret", 401, "access_denied"),
        ("keycloak", "wrong_secret", 401, "unauthorized_client"),
        ("okta", "wrong_secret", 401, "invalid_client"),
        ("entra", "wrong_secret", 401, "invalid_client"),
        ("cognito", "bad_refresh_token", 400, "invalid_grant"),
        ("google", "bad_code", 400, "invalid_grant"),
        ("custom", "unknown_scope", 400, "invalid_scope"),
    ],
)
def test_a_refusal_in_the_words_of_the_vendor(
    make_issuer: MakeIssuer, style: str, problem: str, status: int, error: str
) -> None:
    """As if that were wrong with a request that is right; the next one is not refused so."""
    issuer = make_issuer(style)
    plan(issuer, problem=problem)
    answer = send(issuer, "token", data={**CLIENT, "grant_type": "client_credentials", "scope": "a"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert issuer.log("?endpoint=token")[0]["script"] == "s1"


def test_the_words_are_the_vendors(make_issuer: MakeIssuer) -> None:
    """Entra ID has numbers, times and traces in its errors."""
    issuer = make_issuer("entra")
    plan(issuer, problem="wrong_secret")
    document = send(issuer, "token", data={**CLIENT, "grant_type": "client_credentials"}).json()
    assert document["error_description"].startswith("AADSTS7000215")
    assert document["error_codes"] == [7000215]


def test_a_refusal_names_what_was_asked_for(issuer: IssuerApi) -> None:
    """The vendor's sentence is about the request."""
    plan(issuer, problem="unknown_scope")
    form = {**CLIENT, "grant_type": "client_credentials", "scope": "no:such"}
    assert "no:such" in send(issuer, "token", data=form).json()["error_description"]
