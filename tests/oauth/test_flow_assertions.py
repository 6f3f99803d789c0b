"""Grants that start from a token: jwt-bearer (RFC 7523) and token exchange (RFC 8693)."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from relying_party import START, MakeRp, Rp, refusal

from mock_idp.vendors.grant_types import JWT_BEARER, TOKEN_EXCHANGE

KEY = ec.generate_private_key(ec.SECP256R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def assertion(rp: Rp, key: Any = KEY, **claims: Any) -> str:
    usual = {"iss": "app", "sub": "ann", "aud": rp.document["token_endpoint"], "exp": START + 60}
    return jwt.encode({**usual, **claims}, key, algorithm="ES256")


@pytest.fixture
def strict(make_rp: MakeRp) -> Rp:
    return make_rp(clients=[{"id": "app", "secret": "secret", "keys": [JWK]}])


def test_an_assertion_about_a_user(strict: Rp) -> None:
    """A token about its subject, without a refresh token."""
    tokens = strict.token(JWT_BEARER, assertion=assertion(strict), scope="tasks:read").json()
    claims = strict.claims(tokens["access_token"])
    assert (claims["sub"], claims["client_id"], claims["permissions"]) == ("ann", "app", ["tasks:read"])
    assert "refresh_token" not in tokens


def test_the_assertion_names_the_client(strict: Rp) -> None:
    """No other authentication is needed (RFC 7523 section 3.1)."""
    strict.client = {}
    assert strict.token(JWT_BEARER, assertion=assertion(strict)).status_code == 200


@pytest.mark.parametrize(
    "claims", [{"aud": "https://elsewhere.example"}, {"exp": START - 3600}, {"sub": 1}, {"exp": "x"}]
)
def test_a_bad_assertion(strict: Rp, claims: dict[str, Any]) -> None:
    """Each claim counts (section 3)."""
    assert refusal(strict.token(JWT_BEARER, assertion=assertion(strict, **claims))) == (400, "invalid_grant")


def test_an_assertion_of_somebody_else(strict: Rp) -> None:
    """The signature is the client's."""
    other = assertion(strict, ec.generate_private_key(ec.SECP256R1()))
    assert refusal(strict.token(JWT_BEARER, assertion=other)) == (400, "invalid_grant")


@pytest.mark.parametrize(("form", "code"), [({}, "invalid_request"), ({"assertion": "x"}, "invalid_grant")])
def test_no_assertion(rp: Rp, form: dict[str, str], code: str) -> None:
    """It is required, and a JWT."""
    assert refusal(rp.token(JWT_BEARER, **form)) == (400, code)


def test_on_behalf_of(make_rp: MakeRp) -> None:
    """Entra ID: the assertion is an access token of the issuer, and its user stays."""
    rp = make_rp("entra")
    token = rp.tokens("openid tasks:read")["access_token"]
    answer = rp.token(JWT_BEARER, assertion=token, scope="tasks:list", requested_token_use="on_behalf_of")
    assert rp.claims(answer.json()["access_token"])["sub"] == rp.claims(token)["sub"]


def exchange(rp: Rp, token: str, **form: str) -> Any:
    return rp.token(TOKEN_EXCHANGE, **{"subject_token": token, "subject_token_type": ACCESS_TOKEN, **form})


def test_an_exchange(rp: Rp) -> None:
    """The same user for another audience, with less scope."""
    token = rp.tokens("tasks:read tasks:list")["access_token"]
    answer = exchange(rp, token, audience="downstream", scope="tasks:list")
    claims = rp.claims(answer.json()["access_token"])
    assert (claims["sub"], claims["aud"], claims["permissions"]) == ("ann", "downstream", ["tasks:list"])
    assert answer.json()["issued_token_type"] == ACCESS_TOKEN


def test_delegation(rp: Rp) -> None:
    """The actor is in the token (section 4.1)."""
    machine = rp.token("client_credentials").json()["access_token"]
    answer = exchange(rp, rp.tokens()["access_token"], actor_token=machine, actor_token_type=ACCESS_TOKEN)
    assert rp.claims(answer.json()["access_token"])["act"] == {"sub": "app"}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"scope": "tasks:write"}, "invalid_scope"),
        ({"subject_token": "garbage"}, "invalid_request"),
        ({"subject_token_type": "urn:example:saml"}, "invalid_request"),
        ({"subject_token_type": ""}, "invalid_request"),
        ({"requested_token_type": "urn:example:saml"}, "invalid_request"),
        ({"actor_token": "garbage", "actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"actor_token": "garbage"}, "invalid_request"),
    ],
)
def test_a_refused_exchange(rp: Rp, form: dict[str, str], code: str) -> None:
    """What is not the issuer's, or more than there was (section 2.2.2)."""
    token = rp.tokens("tasks:read")["access_token"]
    assert refusal(exchange(rp, token, **form)) == (400, code)


def test_a_revoked_token_is_not_exchanged(rp: Rp) -> None:
    """It is over."""
    token = rp.tokens()["access_token"]
    rp.post("revocation", {**rp.client, "token": token})
    assert refusal(exchange(rp, token)) == (400, "invalid_request")
