"""RSA keys of any size and exponent over the control API, and the certificates of the others."""

from __future__ import annotations

import base64
import time
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from idp_api import IssuerApi, MakeIssuer

from mock_idp.jose.encoding import b64url_decode, b64url_encode


@pytest.mark.parametrize(("bits", "exponent"), [(512, 65_537), (768, 3), (2048, 1), (8192, 65_537)])
def test_a_raw_key_is_an_ordinary_jwk(issuer: IssuerApi, bits: int, exponent: int) -> None:
    """It is published like any other and its token names it."""
    spec = {"algorithm": "RS256", "bits": bits, "exponent": exponent, "name": "raw", "state": "next"}
    kid = issuer.ok("POST", "/keys", spec)["kid"]
    (entry,) = [key for key in issuer.jwks()["keys"] if key["kid"] == kid]
    assert int.from_bytes(b64url_decode(entry["n"]), "big").bit_length() == bits
    assert int.from_bytes(b64url_decode(entry["e"]), "big") == exponent
    assert jwt.get_unverified_header(issuer.mint(key="raw")) == {"alg": "RS256", "typ": "at+jwt", "kid": kid}


def test_the_largest_key_is_soon_there(issuer: IssuerApi) -> None:
    """Made without a search for primes of that size, which takes minutes."""
    before = time.process_time()
    issuer.ok("POST", "/keys", {"algorithm": "RS256", "bits": 16_384, "name": "large"})
    signature = issuer.mint(key="large").rpartition(".")[2]
    assert len(b64url_decode(signature)) == 2048
    assert time.process_time() - before < 30


def test_exponent_zero_is_not_forgotten(issuer: IssuerApi) -> None:
    """0 is an exponent, not a missing one."""
    key = issuer.ok("POST", "/keys", {"algorithm": "RS256", "bits": 512, "exponent": 0})
    assert key["jwk"]["e"] == "AA"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"bits": 511}, "bits"),
        ({"bits": 16_385}, "bits"),
        ({"exponent": -1}, "exponent"),
        ({"exponent": 2**256}, "exponent"),
        ({"algorithm": "PS256", "bits": 512}, "bits"),
    ],
)
def test_keys_beyond_the_bounds_are_refused(issuer: IssuerApi, spec: dict[str, Any], field: str) -> None:
    """The answer names the member, and no key is made."""
    before = issuer.ok("GET", "/keys")
    status, _, named = issuer.refused("POST", "/keys", {"algorithm": "RS256", **spec})
    assert (status, named) == (400, field)
    assert issuer.ok("GET", "/keys") == before


def test_vendors_with_certificates_publish_raw_keys(make_issuer: MakeIssuer) -> None:
    """Keycloak's kid and members work, but for those of the certificate that there cannot be."""
    issuer = make_issuer("keycloak", keys=[{"algorithm": "RS256", "bits": 768}])
    (entry,) = issuer.jwks()["keys"]
    assert {"n", "e", "kid"} <= set(entry)
    assert "x5c" not in entry
    assert len(entry["kid"]) == 43


def test_a_raw_key_is_not_exported(issuer: IssuerApi) -> None:
    """The private half has no form; the answer says so."""
    issuer.ok("POST", "/keys", {"algorithm": "RS256", "bits": 512, "name": "raw"})
    assert issuer.refused("GET", "/keys/raw/private.pem") == (409, "no_private_pem", "key")
    assert "x5c" not in issuer.ok("GET", "/keys/raw")


def test_answers_about_a_key_hold_its_certificate(issuer: IssuerApi) -> None:
    """One certificate, of that very key, in standard base64."""
    key = issuer.ok("POST", "/keys", {"algorithm": "RS256", "name": "attacker"})
    (text,) = key["x5c"]
    public_key = x509.load_der_x509_certificate(base64.b64decode(text, validate=True)).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    assert b64url_encode(public_key.public_numbers().n.to_bytes(256, "big")) == key["jwk"]["n"]
    assert issuer.ok("GET", "/keys/attacker")["x5c"] == [text]
