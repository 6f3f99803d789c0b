"""A key set of thousands."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from idp_api import IssuerApi

from mock_idp.jose.encoding import b64url_decode
from mock_idp.plans.faults.crowd import decoys


@pytest.mark.parametrize(("position", "place"), [("before", slice(50, None)), ("after", slice(None, -50))])
def test_the_usual_keys_are_there(issuer: IssuerApi, position: str, place: slice) -> None:
    """Behind the decoys or before them."""
    usual = issuer.jwks()["keys"]
    issuer.fault("crowd", count=50, position=position)
    keys = issuer.jwks()["keys"]
    assert keys[place] == usual
    assert len(keys) == len(usual) + 50


def test_decoys_are_like_real_keys(issuer: IssuerApi) -> None:
    """Odd moduli of 2048 bits with an exponent any library takes; no two of them share kid or modulus."""
    issuer.fault("crowd", count=200)
    entries = issuer.jwks()["keys"][:200]
    assert len({entry["kid"] for entry in entries}) == len({entry["n"] for entry in entries}) == 200
    for entry in entries:
        n = int.from_bytes(b64url_decode(entry["n"]), "big")
        assert (entry["kty"], entry["use"], entry["alg"], n.bit_length(), n % 2) == ("RSA", "sig", "RS256", 2048, 1)
        assert rsa.RSAPublicNumbers(65_537, n).public_key()


def test_ten_thousand_are_made_at_once() -> None:
    """Not one by one as real keys are, which takes minutes, and a second time for nothing."""
    before = time.process_time()
    text = decoys(10_000)
    assert time.process_time() - before < 20
    assert decoys(10_000) is text


def test_ten_thousand_are_served(issuer: IssuerApi) -> None:
    """Some four megabytes, as JSON."""
    issuer.fault("crowd")
    assert len(issuer.jwks()["keys"]) > 10_000


def test_an_issuer_without_keys(issuer: IssuerApi) -> None:
    """The decoys stand alone."""
    for key in issuer.ok("GET", "/keys")["keys"]:
        issuer.ok("PATCH", f"/keys/{key['kid']}", {"state": "retired"})
    issuer.fault("crowd", count=2)
    assert issuer.kids() == ["decoy-1", "decoy-2"]


def test_what_is_no_key_set_stays_as_it_is(issuer: IssuerApi) -> None:
    """A discovery document has no keys to crowd."""
    usual = issuer.get("discovery_url").json()
    issuer.fault("crowd", on="discovery")
    assert issuer.get("discovery_url").json() == usual
