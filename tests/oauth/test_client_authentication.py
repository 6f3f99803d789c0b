"""Every way for a client to say who it is (RFC 6749 section 2.3, RFC 7523 section 2.2)."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from relying_party import START, MakeRp, Rp, refusal

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = ec.generate_private_key(ec.SECP256R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
SECRET = "a secret that is long enough for HS256"


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    """An issuer that knows one client with a secret, one with a key, and one that is public."""
    clients = [
        {"id": "app", "secret": SECRET},
        {"id": "signer", "keys": [JWK]},
        {"id": "spa"},
        {"id": "basic", "secret": SECRET, "auth_method": "client_secret_basic"},
    ]
    return make_rp(clients=clients)


def assertion(rp: Rp, client_id: str, key: Any, algorithm: str, **claims: Any) -> dict[str, str]:
    usual = {"iss": client_id, "sub": client_id, "aud": rp.document["issuer"], "exp": START + 60, "jti": "one"}
    kept = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jwt.encode(kept, key, algorithm=algorithm)}


def ask(rp: Rp, **form: str) -> tuple[int, str]:
    rp.client = {}
    answer = rp.token("client_credentials", **form)
    return answer.status_code, answer.json().get("error", "")


def test_basic(rp: Rp) -> None:
    """The secret in the Authorization header."""
    assert rp.token("client_credentials", auth=("app", SECRET.replace(" ", "+"))).status_code == 200


def test_post(rp: Rp) -> None:
    """The secret in the body."""
    assert ask(rp, client_id="app", client_secret=SECRET) == (200, "")


def test_a_signature_with_a_key(rp: Rp) -> None:
    """private_key_jwt with a declared key."""
    assert ask(rp, **assertion(rp, "signer", KEY, "ES256")) == (200, "")


def test_a_signature_with_the_secret(rp: Rp) -> None:
    """client_secret_jwt."""
    assert ask(rp, **assertion(rp, "app", SECRET, "HS256")) == (200, "")


def test_the_token_endpoint_is_an_audience_too(rp: Rp) -> None:
    """RFC 7523 section 3, point 3."""
    assert ask(rp, **assertion(rp, "app", SECRET, "HS256", aud=[rp.document["token_endpoint"]])) == (200, "")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "https://elsewhere.example"}, "another server"),
        ({"exp": START - 3600}, "expired"),
        ({"exp": None}, "no end"),
        ({"exp": "soon"}, "no number"),
        ({"nbf": START + 3600}, "not yet"),
        ({"iss": "other"}, "another issuer"),
        ({"sub": None}, "no subject"),
    ],
)
def test_a_bad_assertion(rp: Rp, claims: dict[str, Any], why: str) -> None:
    """Each required claim counts."""
    assert ask(rp, **assertion(rp, "app", SECRET, "HS256", **claims)) == (401, "invalid_client")


def test_an_assertion_is_good_once(rp: Rp) -> None:
    """Its jti is remembered until it ends."""
    form = assertion(rp, "app", SECRET, "HS256")
    assert [ask(rp, **form), ask(rp, **form)] == [(200, ""), (401, "invalid_client")]


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())])
def test_another_key(rp: Rp, key: ec.EllipticCurvePrivateKey) -> None:
    """A signature of somebody else."""
    algorithm = "ES256" if key.curve.name == "secp256r1" else "ES384"
    assert ask(rp, **assertion(rp, "signer", key, algorithm)) == (401, "invalid_client")


def test_an_unsigned_assertion(rp: Rp) -> None:
    """The algorithm none is no signature."""
    assert ask(rp, **assertion(rp, "signer", None, "none")) == (401, "invalid_client")


@pytest.mark.parametrize(
    "form",
    [
        {"client_id": "app", "client_secret": "wrong"},
        {"client_id": "app"},
        {"client_id": "nobody", "client_secret": SECRET},
        {"client_id": "signer", "client_secret": SECRET},
        {"client_id": "basic", "client_secret": SECRET},
        {"client_assertion": "x.y.z", "client_assertion_type": ASSERTION_TYPE},
        {"client_assertion": "x.y.z"},
        {},
    ],
)
def test_strangers(rp: Rp, form: dict[str, str]) -> None:
    """Whoever is not a declared client, with its own way to say so, is refused with a challenge."""
    rp.client = {}
    answer = rp.token("client_credentials", **form)
    assert refusal(answer) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_public_client_gets_no_token_for_itself(rp: Rp) -> None:
    """RFC 6749 section 4.4: only confidential clients may use client_credentials."""
    assert ask(rp, client_id="spa") == (400, "unauthorized_client")


def test_a_vendor_without_the_method(make_rp: MakeRp) -> None:
    """Auth0 has no client_secret_jwt, so an assertion with a secret is refused there."""
    rp = make_rp("auth0", clients=[{"id": "app", "secret": SECRET}])
    assert ask(rp, **assertion(rp, "app", SECRET, "HS256"))[0] == 401


def test_anybody_may_sign_while_nobody_is_declared(make_rp: MakeRp) -> None:
    """The signature of an unknown client is not looked at, its claims are."""
    rp = make_rp()
    form = assertion(rp, "whoever", KEY, "ES256")
    late = assertion(rp, "whoever", KEY, "ES256", exp=START - 3600)
    assert [ask(rp, **form), ask(rp, **late)] == [(200, ""), (401, "invalid_client")]
