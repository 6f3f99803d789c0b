"""A user pool with a domain: keys on one host, OAuth endpoints on another, and one server that is both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from idp_api import MakeIssuer, raw_exchange

from mock_idp.settings import IssuerSettings

POOL = "eu-west-1_MockIdp01"
API_HOST = "cognito-idp.eu-west-1.amazonaws.com"
DOMAIN = "acme.auth.eu-west-1.amazoncognito.com"
OAUTH = {
    "authorization_endpoint": "/oauth2/authorize",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/oauth2/userInfo",
    "revocation_endpoint": "/oauth2/revoke",
    "end_session_endpoint": "/logout",
}


@pytest.fixture
def server(make_idp: Callable[..., Any]) -> Any:
    """A server whose public URL is the vendor's, for a pool with the domain `acme`."""
    settings = IssuerSettings(
        id="default", style="cognito", algorithm="ES256", mount="root", options={"domain": "acme"}
    )
    return make_idp(issuers=(settings,), public_url=f"http://{API_HOST}")[0]


def document(server: Any) -> dict[str, Any]:
    return dict(requests.get(f"{server.url}/{POOL}/.well-known/openid-configuration", timeout=20).json())


def test_the_document_names_both_hosts(server: Any) -> None:
    """Issuer and keys on that of the region, everything else on the domain."""
    told = document(server)
    assert told["issuer"] == f"http://{API_HOST}/{POOL}"
    assert told["jwks_uri"] == f"http://{API_HOST}/{POOL}/.well-known/jwks.json"
    assert {name: told[name] for name in OAUTH} == {name: f"http://{DOMAIN}{path}" for name, path in OAUTH.items()}


@pytest.mark.parametrize("member", OAUTH)
def test_the_domain_is_served(server: Any, member: str) -> None:
    """A request with the domain in its Host header finds the endpoint."""
    url = urlsplit(document(server)[member])
    answer = requests.post(server.url + url.path, headers={"Host": url.netloc}, allow_redirects=False, timeout=20)
    assert answer.status_code != 404


def test_a_client_behind_a_proxy(server: Any) -> None:
    """A request in absolute form, as clients send it to a proxy."""
    form = b"grant_type=client_credentials&client_id=me&client_secret=any"
    head = (
        f"POST http://{DOMAIN}/oauth2/token HTTP/1.1\r\nHost: {DOMAIN}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    answer = raw_exchange(server.port, head.encode() + form)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"access_token"' in answer
    keys = (
        f"GET http://{API_HOST}/{POOL}/.well-known/jwks.json HTTP/1.1\r\nHost: {API_HOST}\r\nConnection: close\r\n\r\n"
    )
    assert raw_exchange(server.port, keys.encode()).startswith(b"HTTP/1.1 200")


def test_the_login_page_has_an_address_of_its_own(server: Any) -> None:
    """/login takes what /oauth2/authorize takes."""
    query = {"response_type": "code", "client_id": "me", "redirect_uri": "https://app.example/cb"}
    page = requests.get(f"{server.url}/login", params=query, timeout=20)
    assert (page.status_code, "<form" in page.text) == (200, True)


def test_on_one_host_without_a_domain(make_issuer: MakeIssuer) -> None:
    """All endpoints are below the base URL then."""
    issuer = make_issuer("cognito", algorithm="ES256")
    hosts = {urlsplit(url).netloc for name, url in issuer.get("discovery_url").json().items() if name in OAUTH}
    assert hosts == {urlsplit(issuer.about["jwks_uri"]).netloc}


@pytest.mark.parametrize("domain", ["Acme", "-acme", "acme.example", "a" * 64, "https://"])
def test_a_domain_that_is_none(make_issuer: MakeIssuer, api: Any, domain: str) -> None:
    """A prefix is one label in lower case, anything else is a URL."""
    assert api.refused("POST", "/issuers", {"style": "cognito", "options": {"domain": domain}})[0] == 400
