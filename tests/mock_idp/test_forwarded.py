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


@pytest.mark.parametrize("host", ["", "a b", "evil?x", "user@evil", "x:y"])
def test_odd_forwarded_hosts(make_idp: Callable[..., Any], host: str) -> None:
    """A header that names no host is as good as none."""
    issuer = issuer_of(make_idp(trust_forwarded=True)[1])
    document = issuer.get("discovery_url", headers={"X-Forwarded-Host": host}).json()
    assert document["issuer"] == issuer.about["issuer"]
