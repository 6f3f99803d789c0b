"""Behind a proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from idp_api import Api, IssuerApi

FORWARDED = {"X-Forwarded-Host": "login.example", "X-Forwarded-Proto": "https"}


def issuer_of(api: Api) -> IssuerApi:
    return IssuerApi(api, api.ok("POST", "/issuers", {"style": "auth0", "algorithm": "ES256", "id": "a"}))


def test_forwarded_headers_are_ignored(make_idp: Callable[..., Any]) -> None:
    """Anybody can send them, so by default they mean nothing."""
    issuer = issuer_of(make_idp()[1])
    document = issuer.get("discovery_url", headers=FORWARDED).json()
    assert document["issuer"] == issuer.about["issuer"]


def test_a_trusted_proxy_names_the_issuer(make_idp: Callable[..., Any]) -> None:
    """Opted in, documents and tokens carry the public name."""
    issuer = issuer_of(make_idp(trust_forwarded=True)[1])
    document = issuer.get("discovery_url", headers=FORWARDED).json()
    assert document["jwks_uri"] == "https://login.example/i/a/.well-known/jwks.json"
    answer = issuer.api.session.post(
        issuer.local(issuer.about["token_endpoint"]),
        json={"grant_type": "client_credentials", "client_id": "c"},
        headers=FORWARDED,
    )
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["iss"] == "https://login.example/i/a/"


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        # AWS ALB, Heroku, Cloud Run: Host is kept, the scheme is told.
        ({"X-Forwarded-Proto": "https", "Host": "idp.example"}, "https://idp.example"),
        ({"X-Forwarded-Proto": "HTTPS", "Host": "idp.example"}, "https://idp.example"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443", "Host": "idp.example:80"}, "https://idp.example"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443", "Host": "idp.example"}, "https://idp.example:8443"),
        ({"X-Forwarded-Proto": "https", "Host": "idp.example:8443"}, "https://idp.example:8443"),
        ({"X-Forwarded-Port": "9443", "Host": "localhost"}, "http://localhost:9443"),
        ({"X-Forwarded-Host": "login.example"}, "http://login.example"),
        ({"X-Forwarded-Host": "login.example:80"}, "http://login.example"),
        ({"X-Forwarded-Host": "[2001:db8::1]:8443", "X-Forwarded-Proto": "https"}, "https://[2001:db8::1]:8443"),
        ({"X-Forwarded-Host": "[2001:db8::1]", "X-Forwarded-Port": "81"}, "http://[2001:db8::1]:81"),
        # Traefik and nginx that strip a prefix; several of them add theirs one behind the other.
        ({**FORWARDED, "X-Forwarded-Prefix": "/idp/"}, "https://login.example/idp"),
        ({**FORWARDED, "X-Forwarded-Prefix": "/a, /b"}, "https://login.example/a/b"),
        ({**FORWARDED, "X-Forwarded-Prefix": "/"}, "https://login.example"),
        # Several proxies: the first one saw the client.
        ({"X-Forwarded-Host": "login.example, inner", "X-Forwarded-Proto": "https,http"}, "https://login.example"),
        # RFC 7239, which wins where both are there.
        ({"Forwarded": "for=192.0.2.43;proto=https;host=idp.example"}, "https://idp.example"),
        ({"Forwarded": 'For="[2001:db8::17]:4711" ; Host="idp.example:8443";Proto=https'}, "https://idp.example:8443"),
        ({"Forwarded": "host=idp.example;proto=https, host=inner;proto=http"}, "https://idp.example"),
        ({"Forwarded": r'host="idp\.example"'}, "http://idp.example"),
        ({"Forwarded": "proto=https", "Host": "idp.example"}, "https://idp.example"),
        ({"Forwarded": "host=idp.example", **FORWARDED}, "https://idp.example"),
    ],
)
def test_what_proxies_say(make_idp: Callable[..., Any], headers: dict[str, str], base: str) -> None:
    """Each in its own words, and what it leaves out is that of the request."""
    issuer = issuer_of(make_idp(trust_forwarded=True)[1])
    document = issuer.get("discovery_url", headers=headers).json()
    assert document["issuer"] == f"{base}/i/a/"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "192.0.2.43", "Host": "idp.example"},
        {"Forwarded": "for=192.0.2.43", "Host": "idp.example"},
        {"Forwarded": "host=", "Host": "idp.example"},
        {"Forwarded": 'host="idp.example', "Host": "idp.example"},
        {**FORWARDED, "X-Forwarded-Port": "eighty"},
        {**FORWARDED, "X-Forwarded-Port": "80/x"},
        {**FORWARDED, "X-Forwarded-Prefix": "/a, b"},
        {**FORWARDED, "X-Forwarded-Host": "idp.example/x"},
        {**FORWARDED, "X-Forwarded-Proto": "https://evil.example/"},
        {**FORWARDED, "X-Forwarded-Prefix": "idp"},
        {**FORWARDED, "X-Forwarded-Prefix": "/a?b"},
        {**FORWARDED, "X-Forwarded-Proto": "gopher"},
    ],
)
def test_what_says_nothing(make_idp: Callable[..., Any], headers: dict[str, str]) -> None:
    """Nobody has told another URL, or one that is none: the own one stays, whatever the Host."""
    issuer = issuer_of(make_idp(trust_forwarded=True)[1])
    document = issuer.get("discovery_url", headers=headers).json()
    assert document["issuer"] == issuer.about["issuer"]


@pytest.mark.parametrize("host", ["", "a b", "evil?x", "user@evil", "x:y"])
def test_odd_forwarded_hosts(make_idp: Callable[..., Any], host: str) -> None:
    """A header that names no host is as good as none."""
    issuer = issuer_of(make_idp(trust_forwarded=True)[1])
    document = issuer.get("discovery_url", headers={"X-Forwarded-Host": host}).json()
    assert document["issuer"] == issuer.about["issuer"]
