"""What stands in the key set: the good key beside the bad one works, the bad one never does."""

from __future__ import annotations

from typing import Any

import pytest

from harness.reference.errors import UnusableKey
from harness.reference.jwk import KeyLoader

from .issuer import Key, as_json, b64url, hmac_token
from .world import World

FOREIGN: list[Any] = [
    {"kty": "FOO", "kid": "f"},
    {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "f"},
    {"kty": "OKP", "crv": "X25519", "x": b64url(bytes(32)), "kid": "f"},
    {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "f"},
    {"kty": "oct", "k": "c2VjcmV0", "kid": "f"},
    {"kty": "RSA", "kid": "f", "x5c": ["AA"]},
    None,
    "text",
    1,
    {},
    [],
    {"kid": "f"},
    {"kty": 7},
    {"kty": "RSA", "kid": 7, "n": "AQAB", "e": "AQAB"},
    {"kty": "RSA", "kid": "f", "e": "AQAB"},
    {"kty": "RSA", "kid": "f", "n": "not base64!", "e": "AQAB"},
    {"kty": "RSA", "kid": "f", "n": "AQAB", "e": {}},
    {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "f"},
    {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA", "kid": "f"},
]


@pytest.mark.parametrize("entry", FOREIGN, ids=repr)
def test_a_foreign_or_malformed_entry_is_passed_over(world: World, entry: Any) -> None:
    """RFC 7517 §5: one bad entry locks nobody out."""
    world.issuer.publish(entry, world.k1, entry)
    assert world.start().status(world.k1.token()) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"use": ...},
        {"alg": ...},
        {"use": ..., "alg": ...},
        {"use": ..., "key_ops": ["verify"]},
        {"x-custom": {}, "issuer": "x", "x5t": "y"},
    ],
)
def test_optional_members_are_optional(world: World, changes: dict[str, Any]) -> None:
    """RFC 7517 §4."""
    world.issuer.publish(world.k1.jwk(**changes))
    assert world.start().status(world.k1.token()) == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"use": ..., "alg": "RSA-OAEP"},
        *({"use": ..., "key_ops": operations} for operations in (["encrypt"], ["wrapKey"], ["sign"], [])),
    ],
)
def test_a_key_for_another_use_verifies_nothing(world: World, changes: dict[str, Any]) -> None:
    """RFC 7517 §4.2 to §4.4."""
    world.issuer.publish(world.k1.jwk(**changes))
    assert world.start().status(world.k1.token()) == 401


def test_a_published_secret_is_no_secret(world: World) -> None:
    """An oct key verifies nothing."""
    secret = {"kty": "oct", "k": b64url(b"s" * 32), "kid": "o1", "alg": "HS256", "use": "sig"}
    world.issuer.publish(secret, world.k1)
    assert world.start().status(hmac_token(b"s" * 32, {"kid": "o1"})) == 401


def test_a_weak_rsa_key_verifies_nothing(world: World) -> None:
    """RFC 7518 §3.3: 2048 bits."""
    weak = Key.rsa("w", 1024)
    world.issuer.publish(weak)
    assert world.start().status(weak.token()) == 401


@pytest.mark.parametrize("exponent", [b"", b"\0", b"\1", b"\2", b"\1\0\0"], ids=bytes.hex)
def test_a_degenerate_exponent_is_refused(world: World, exponent: bytes) -> None:
    """With e = 1 a signature is the padded digest itself."""
    with pytest.raises(UnusableKey):
        KeyLoader().load_key(world.k1.jwk(e=b64url(exponent)))


@pytest.mark.parametrize("modulus", [b"", b"\0", b"\1", b"\xff" * 255 + b"\xfe", b"\xff" * 2049])
def test_a_degenerate_modulus_is_refused(world: World, modulus: bytes) -> None:
    """Empty, tiny, even, huge."""
    with pytest.raises(UnusableKey):
        KeyLoader().load_key(world.k1.jwk(n=b64url(modulus)))


def test_a_key_of_4096_bits_is_used(world: World) -> None:
    """Larger is fine within reason."""
    large = Key.rsa("large", 4096)
    world.issuer.publish(large)
    assert world.start().status(large.token()) == 200


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_decoy_with_the_same_kid_does_not_hide_the_key(world: World, order: tuple[int, int]) -> None:
    """Selection is by kid and type and algorithm."""
    entries = [Key.p256("k1").jwk(), world.k1.jwk()]
    world.issuer.publish(*(entries[index] for index in order))
    assert world.start().status(world.k1.token()) == 200


def test_two_keys_with_one_kid_both_work(world: World) -> None:
    """Each is tried; a third key is still nobody's."""
    twin = Key("k1", world.k2.private)
    world.issuer.publish(world.k1, twin)
    service = world.start()
    assert [service.status(key.token()) for key in (world.k1, twin)] == [200, 200]
    assert service.status(world.attacker.token({"kid": "k1"})) == 401


def test_private_members_are_not_looked_at(world: World) -> None:
    """An issuer that leaks them is the issuer's trouble; the public part works."""
    world.issuer.publish(world.k1.jwk(d="leaked", p=7, q=None))
    assert world.start().status(world.k1.token()) == 200


def test_a_body_over_the_limit_is_an_outage(world: World) -> None:
    """Bounded memory, and the old keys live on."""
    service = world.start(jwks_max_bytes=10_000, jwks_refresh_interval_seconds=3.0)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(as_json({"keys": [world.k2.jwk()]}) + b" " * 10_000)
    world.clock.advance(4)
    assert [service.status(world.k1.token()), service.status(world.k2.token())] == [200, 401]


def test_a_thousand_keys_are_no_fault(world: World) -> None:
    """The needed one is the last."""
    world.issuer.publish(*(world.k2.jwk(kid=f"k-{i}") for i in range(1000)), world.k1)
    assert world.start().status(world.k1.token()) == 200
