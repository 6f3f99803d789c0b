"""Declared clients whose keys are behind a `jwks_uri`."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
import requests
from client_site import Site
from cryptography.hazmat.primitives.asymmetric import ec
from relying_party import START, MakeRp, Rp, refusal

from mock_idp.oauth import fetching
from mock_idp.oauth.client_assertion import ASSERTION_TYPE
from mock_idp.vendors.grant_types import JWT_BEARER

KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]


def publish(site: Site, number: int) -> str:
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEYS[number].public_key()))
    return site.answer("/keys", json.dumps({"keys": [{**jwk, "kid": f"k{number}"}]}).encode())


def declared(make_rp: MakeRp, jwks_uri: str, style: str = "custom", **more: Any) -> Rp:
    """An issuer whose only client has its keys there."""
    rp = make_rp(style, algorithm="ES256", clients=[{"id": "app", "jwks_uri": jwks_uri, **more}])
    rp.client = {}
    return rp


def signed(rp: Rp, number: int = 0, **claims: Any) -> str:
    usual = {"iss": "app", "sub": "app", "aud": rp.document["issuer"], "exp": START + 60}
    return jwt.encode({**usual, **claims}, KEYS[number], "ES256", headers={"kid": f"k{number}"})


def ask(rp: Rp, number: int = 0, **form: str) -> requests.Response:
    credentials = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed(rp, number)}
    return rp.token("client_credentials", **credentials, **form)


@pytest.mark.parametrize("style", ["custom", "keycloak", "okta"])
def test_a_declared_client_signs(make_rp: MakeRp, site: Site, style: str) -> None:
    """Its keys are asked for at the first signature, at vendors where nobody registers, too."""
    scope = {"scope": "tasks:list"} if style == "okta" else {}
    rp = declared(make_rp, publish(site, 0), style)
    assert site.asked == []
    answers = [ask(rp, **scope) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    assert site.asked == ["/keys"]


def test_a_declared_client_rotates(make_rp: MakeRp, site: Site) -> None:
    """The new key counts at once, for assertions about users as well, and the old one is gone."""
    rp = declared(make_rp, publish(site, 0))
    assert ask(rp).status_code == 200
    publish(site, 1)
    assert [ask(rp, number).status_code for number in (1, 0)] == [200, 401]
    answer = rp.token(JWT_BEARER, assertion=signed(rp, 1, sub="ann"))
    assert rp.claims(answer.json()["access_token"])["sub"] == "ann"


def test_who_declares_names_any_place(make_rp: MakeRp, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container beside the mock has a private address, at which nothing of a stranger is fetched."""
    port, asked = publish(site, 0).rpartition(":")[2].partition("/")[0], []
    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", ("10.0.0.1", int(port)))])
    connect = fetching.create_connection

    def beside(address: tuple[str, int], timeout: float) -> Any:
        asked.append(address)
        return connect(("127.0.0.1", address[1]), timeout=timeout)

    monkeypatch.setattr(fetching, "create_connection", beside)
    assert ask(declared(make_rp, f"http://service:{port}/keys")).status_code == 200
    assert asked == [("10.0.0.1", int(port))]


def test_a_declared_client_shows_where_its_keys_are(make_rp: MakeRp) -> None:
    """It is no public client, though it has no secret."""
    rp = declared(make_rp, "https://app.example/keys", auth_method="private_key_jwt")
    (client,) = rp.own("GET", "/clients")["clients"]
    assert (client["jwks_uri"], client["has_secret"]) == ("https://app.example/keys", False)
    assert refusal(rp.token("client_credentials", client_id="app")) == (401, "invalid_client")


@pytest.mark.parametrize(
    "more", [{"keys": [{"kty": "EC"}]}, {"jwks_uri": "ftp://app.example/keys"}, {"jwks_uri": "/keys"}]
)
def test_a_declaration_that_does_not_go(make_rp: MakeRp, more: dict[str, Any]) -> None:
    """Keys in both ways, and what is no URL."""
    rp = make_rp("custom", algorithm="ES256")
    spec = {"id": "app", "jwks_uri": "https://app.example/keys", **more}
    url = f"{rp.local(rp.about['jwks_uri']).split('/i/')[0]}/_mock/issuers/{rp.about['id']}/clients"
    answer = rp.session.post(url, json=spec, timeout=20)
    assert (answer.status_code, answer.json()["field"].partition(".")[0]) == (400, next(iter(more)))
