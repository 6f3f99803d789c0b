"""One issuer under two names: a browser at localhost, a service in a container."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from idp_api import Api, IssuerApi

from mock_idp.vendors import VENDORS
from mock_idp.vendors.two_names import seen_from_behind

INSIDE = {"Host": "mock-idp:9400"}
FRONT = ("authorization_endpoint", "end_session_endpoint")
BACK = ("token_endpoint", "jwks_uri", "userinfo_endpoint", "introspection_endpoint")


def made(api: Api, style: str) -> IssuerApi:
    return IssuerApi(api, api.ok("POST", "/issuers", {"style": style, "algorithm": "ES256", "id": "a"}))


def public_base(issuer: IssuerApi) -> str:
    return "http://" + urlsplit(issuer.about["jwks_uri"]).netloc


@pytest.mark.parametrize("style", VENDORS)
def test_documents_name_the_host_that_asks(make_idp: Callable[..., Any], style: str) -> None:
    """Issuer and pages stay; what a service asks by itself is where it has asked. Nothing else differs."""
    issuer = made(make_idp(backchannel_dynamic=True)[1], style)
    front = public_base(issuer)
    outside = issuer.get("discovery_url", headers={"Host": front.removeprefix("http://")}).json()
    inside = issuer.get("discovery_url", headers=INSIDE).json()
    assert inside == seen_from_behind(outside, VENDORS[style].back_endpoints, front, "http://mock-idp:9400")
    assert inside["jwks_uri"].startswith("http://mock-idp:9400/")
    assert inside["issuer"] == outside["issuer"]
    assert [inside.get(name) for name in FRONT] == [outside.get(name) for name in FRONT]


def test_the_scheme_is_that_of_the_request(make_idp: Callable[..., Any]) -> None:
    """TLS ends in front of the public URL; who asks this server itself speaks plain HTTP to it."""
    issuer = made(make_idp(backchannel_dynamic=True, public_url="https://id.example")[1], "custom")
    path = urlsplit(issuer.about["discovery_url"]).path
    inside = issuer.api.session.get(f"{issuer.api.url}{path}", headers=INSIDE, timeout=20).json()
    assert inside["issuer"].startswith("https://id.example/")
    assert inside["jwks_uri"].startswith("http://mock-idp:9400/")


def test_keycloak_has_two_more_for_browsers(make_idp: Callable[..., Any]) -> None:
    """As `hostname-backchannel-dynamic` has it: revocation and devices stay in front, also among the aliases."""
    issuer = made(make_idp(backchannel_dynamic=True)[1], "keycloak")
    document = issuer.get("discovery_url", headers=INSIDE).json()
    aliases = document["mtls_endpoint_aliases"]
    inside, outside = "http://mock-idp:9400", issuer.about["issuer"].partition("/i/")[0]
    assert {name: document[name].startswith(inside) for name in BACK} == dict.fromkeys(BACK, True)
    for name in ("revocation_endpoint", "device_authorization_endpoint"):
        assert document[name].startswith(outside)
        assert aliases[name].startswith(outside)
    assert aliases["token_endpoint"].startswith(inside)


def test_tokens_have_one_issuer(make_idp: Callable[..., Any]) -> None:
    """Whichever name the token endpoint was asked at, and a client may address its assertion to that name."""
    issuer = made(make_idp(backchannel_dynamic=True)[1], "custom")
    issuer.ok("POST", "/clients", {"id": "app", "secret": "s" * 40})
    inside = issuer.get("discovery_url", headers=INSIDE).json()["token_endpoint"]
    now = int(issuer.ok("GET", "/clock")["now"])
    claims = {"iss": "app", "sub": "app", "aud": inside, "exp": now + 60, "jti": "1"}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, "s" * 40, "HS256"),
    }
    answer = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, headers=INSIDE)
    assert answer.status_code == 200, answer.text
    token = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert token["iss"] == issuer.about["issuer"]


@pytest.mark.parametrize("headers", [{"Host": "a b"}, {"Host": ""}, {"Host": "user@host"}])
def test_odd_hosts(make_idp: Callable[..., Any], headers: dict[str, str]) -> None:
    """A Host that is none leaves everything where it is."""
    issuer = made(make_idp(backchannel_dynamic=True)[1], "custom")
    answer = issuer.get("discovery_url", headers=headers)
    assert answer.status_code == 400 or answer.json()["jwks_uri"] == issuer.about["jwks_uri"]


def test_a_proxy_between(make_idp: Callable[..., Any]) -> None:
    """A trusted proxy tells the name of the back channel, and moves the issuer no more."""
    issuer = made(make_idp(backchannel_dynamic=True, trust_forwarded=True)[1], "custom")
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "inner.example"}
    document = issuer.get("discovery_url", headers=forwarded).json()
    assert document["issuer"] == issuer.about["issuer"]
    assert document["token_endpoint"] == "https://inner.example/i/a/oauth2/token"


def test_off_unless_asked_for(make_idp: Callable[..., Any]) -> None:
    """By default the Host means nothing."""
    issuer = made(make_idp()[1], "keycloak")
    assert issuer.get("discovery_url", headers=INSIDE).json() == issuer.get("discovery_url").json()
