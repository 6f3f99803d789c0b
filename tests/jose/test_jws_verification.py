"""Checking signatures of tokens that come in, against PyJWT's."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import public_key, read_jws, verifies

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS: dict[str, Any] = {
    **dict.fromkeys(("RS256", "RS384", "PS256", "PS512"), RSA_KEY),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
SECRET = b"a secret that is long enough for any of the HMACs, so that nobody warns about its length"


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_signature_by_its_jwk(algorithm: str) -> None:
    """The key of the JWK says yes, that of another algorithm's family no."""
    key = KEYS[algorithm]
    jwk = json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key()))
    jws = read_jws(jwt.encode({"sub": "a"}, key, algorithm=algorithm))
    other = KEYS["ES256" if algorithm != "ES256" else "RS256"].public_key()
    assert (jws.claims, verifies(jws, public_key(jwk)), verifies(jws, other)) == ({"sub": "a"}, True, False)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_shared_secret(algorithm: str) -> None:
    """The right one only."""
    jws = read_jws(jwt.encode({}, SECRET, algorithm=algorithm))
    assert (verifies(jws, SECRET), verifies(jws, b"another")) == (True, False)


@pytest.mark.parametrize("algorithm", KEYS)
def test_changed_claims(algorithm: str) -> None:
    """The signature covers them."""
    header, _, signature = jwt.encode({"a": 1}, KEYS[algorithm], algorithm=algorithm).split(".")
    changed = jwt.encode({"a": 2}, KEYS[algorithm], algorithm=algorithm).split(".")[1]
    assert not verifies(read_jws(f"{header}.{changed}.{signature}"), KEYS[algorithm].public_key())


def test_a_public_key_is_no_secret() -> None:
    """HS256 with an RSA key verifies nothing, neither does none."""
    for token in (jwt.encode({}, SECRET, algorithm="HS256"), jwt.encode({}, None, algorithm="none")):
        assert not verifies(read_jws(token), RSA_KEY.public_key())


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "!.!.!", "W10.W10.", "e30.e30.", "e30.W10.x", "é.é.é"])
def test_what_is_no_token(text: str) -> None:
    """Three parts, two of them JSON objects, with an algorithm."""
    with pytest.raises(JoseError) as caught:
        read_jws(text)
    assert caught.value.code == "bad_token"


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct", "k": "x"},
        {"kty": "RSA", "n": "AQ"},
        {"kty": "RSA", "n": 1, "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
        {"kty": "EC", "crv": "P-1", "x": "AQ", "y": "AQ"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AQ"},
    ],
)
def test_what_is_no_key(jwk: dict[str, Any]) -> None:
    """Only whole public keys of known kinds."""
    with pytest.raises(JoseError) as caught:
        public_key(jwk)
    assert caught.value.code == "bad_jwk"
