"""The service chooses algorithm and key; the signature has to be right under both."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from .crafted import badly_padded_token, edge_signatures
from .issuer import Key, as_json, b64url, claims_now, hmac_token, unsigned
from .world import World


@pytest.mark.parametrize(
    "alg",
    ["none", "None", "NONE", "nOnE", "noNE", "none ", "none\0", "foo", "", "HS9999", "RS", None, ["RS256"], 256],
)
def test_an_unsigned_token_is_refused(world: World, alg: Any) -> None:
    """Whatever its header calls the algorithm."""
    assert world.start().status(unsigned({"alg": alg, "kid": "k1"})) == 401


def test_a_token_without_alg_is_refused(world: World) -> None:
    """It is not the service's job to guess."""
    assert world.start().status(world.k1.raw_token({"kid": "k1"}, as_json(claims_now()))) == 401


def test_hmac_with_the_public_key_is_refused(world: World) -> None:
    """The classic confusion of key types."""
    assert world.start().status(hmac_token(world.k1.pem(), {"kid": "k1"})) == 401


@pytest.mark.parametrize("secret", [b"", b"secret", b"k1"])
def test_hmac_with_a_guessable_secret_is_refused(world: World, secret: bytes) -> None:
    """There is no symmetric key."""
    assert world.start().status(hmac_token(secret, {"kid": "k1"})) == 401


def decoded(text: str) -> bytes:
    """base64url to bytes."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def damaged(token: str) -> dict[str, str]:
    """The token with its signature damaged in several ways."""
    head, _, signature = token.rpartition(".")
    raw = bytearray(decoded(signature))
    first, last = bytes([raw[0] ^ 0x80]) + bytes(raw[1:]), bytes(raw[:-1]) + bytes([raw[-1] ^ 1])
    forms = {
        "first bit": first,
        "last bit": last,
        "three bytes short": bytes(raw[:-3]),
        "empty": b"",
        "zeros": bytes(len(raw)),
        "double": bytes(raw) * 2,
    }
    return {name: f"{head}.{b64url(value)}" for name, value in forms.items()}


@pytest.mark.parametrize("form", ["first bit", "last bit", "three bytes short", "empty", "zeros", "double"])
def test_a_damaged_signature_is_refused(world: World, form: str) -> None:
    """One bit is enough."""
    assert world.start().status(damaged(world.k1.token())[form]) == 401


def test_changed_claims_are_refused(world: World) -> None:
    """The old signature does not cover them."""
    header, _, signature = world.k1.token().split(".")
    payload = b64url(as_json(claims_now(permissions=["tasks:*"])))
    assert world.start().status(f"{header}.{payload}.{signature}") == 401


def test_an_unpublished_key_under_a_published_kid_is_refused(world: World) -> None:
    """The kid is only a name."""
    assert world.start().status(world.attacker.token({"kid": "k1"})) == 401


@pytest.mark.parametrize("alg", ["PS256", "PS384", "RS384", "RS512"])
def test_an_algorithm_off_the_list_is_refused(world: World, alg: str) -> None:
    """Although the legitimate key signed."""
    assert world.start().status(world.k1.token(alg=alg)) == 401


def test_an_algorithm_that_is_not_the_keys_is_refused(world: World) -> None:
    """Both are on the list, but the JWK says RS256."""
    service = world.start(jwt_allowed_algorithms=("RS256", "RS512"))
    assert service.status(world.k1.token(alg="RS512")) == 401


def test_two_families_on_the_list_disable_neither(world: World) -> None:
    """An allow-list is a set."""
    ec1 = Key.p256("ec1")
    world.issuer.publish(world.k1, ec1)
    service = world.start(jwt_allowed_algorithms=("RS256", "ES256"))
    assert [service.status(key.token()) for key in (world.k1, ec1)] == [200, 200]


@pytest.mark.parametrize("form", sorted(edge_signatures()))
def test_an_ecdsa_signature_out_of_range_is_refused(world: World, form: str) -> None:
    """CVE-2022-21449."""
    world.issuer.publish(Key.p256("ec1"))
    service = world.start(jwt_allowed_algorithms=("ES256",))
    assert service.status(unsigned({"alg": "ES256", "kid": "ec1"}, edge_signatures()[form])) == 401


def test_the_raw_operation_over_a_correct_message_is_accepted(world: World) -> None:
    """The control of the next test."""
    assert world.start().status(badly_padded_token(world.k1, "")) == 200


@pytest.mark.parametrize(
    "form",
    [
        "garbage after digest",
        "short FF run",
        "DigestInfo without NULL",
        "BER length",
        "SHA-1 OID",
        "block type 2",
    ],
)
def test_malformed_padding_is_refused(world: World, form: str) -> None:
    """RFC 8017 §8.2.2 compares the whole encoded message."""
    assert world.start().status(badly_padded_token(world.k1, form)) == 401


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_each_rsa_algorithm_works_when_it_is_allowed(world: World, alg: str) -> None:
    """With a key that says so, and with one that says nothing."""
    service = world.start(jwt_allowed_algorithms=(alg,))
    world.issuer.publish(world.k1.jwk(alg=alg), world.k2.jwk(alg=...))
    assert [service.status(key.token(alg=alg)) for key in (world.k1, world.k2)] == [200, 200]


@pytest.mark.parametrize(
    ("alg", "private"),
    [
        ("ES256", ec.generate_private_key(ec.SECP256R1())),
        ("ES384", ec.generate_private_key(ec.SECP384R1())),
        ("ES512", ec.generate_private_key(ec.SECP521R1())),
        ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
    ],
    ids=["ES256", "ES384", "ES512", "EdDSA"],
)
def test_each_curve_works_when_it_is_allowed(world: World, alg: str, private: Any) -> None:
    """From the set, and as the configured key."""
    key = Key("c1", private, alg)
    world.issuer.publish(key)
    assert world.start(jwt_allowed_algorithms=(alg,)).status(key.token()) == 200
    pem = key.pem().decode()
    static = world.start(jwt_allowed_algorithms=(alg,), verification_method="public_key", public_key_pem=pem)
    assert static.status(key.token()) == 200
