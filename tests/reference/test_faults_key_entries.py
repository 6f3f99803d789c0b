"""Faults in which member of an entry says what the key is show, and do not show without the fault."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from .certificates import certificate
from .experiments_keys import publishes
from .issuer import Key, as_json, hmac_token
from .mistakes import Experiment, Start
from .world import World

BOTH = ("RS256", "ES256")


def with_foreign_certificate(world: World) -> tuple[dict[str, Any], str]:
    """K2's entry with the attacker's certificate, and the attacker's token."""
    der = certificate(world.attacker.private).public_bytes(Encoding.DER)
    return world.k2.jwk(x5c=[base64.b64encode(der).decode()]), world.attacker.token({"kid": "k2"})


def two_in_one(first: dict[str, Any], second: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The members of two keys in one entry; those of the first count where both have one."""
    return {name: value for name, value in (second | first | changes).items() if value is not ...}


def takes_ecdsa(**changes: Any) -> Experiment:
    """An entry for an RSA key that holds an EC key, too, verifies that one's signature."""

    def experiment(world: World, start: Start) -> bool:
        ec = Key.p256("k2")
        world.issuer.publish(world.k1, two_in_one(world.k2.jwk(), ec.jwk(), **changes))
        return start(jwt_allowed_algorithms=BOTH).status(ec.token()) == 200

    return experiment


def refuses_its_own(world: World, start: Start) -> bool:
    """An RSA key isn't found in an entry that has a curve."""
    world.issuer.publish(world.k1, two_in_one(world.k2.jwk(), Key.p256("k2").jwk()))
    return start().status(world.k2.token()) == 401


def takes_any_curve(**changes: Any) -> Experiment:
    """A key of P-256 verifies whatever its entry says of the curve."""

    def experiment(world: World, start: Start) -> bool:
        ec = Key.p256("k2")
        world.issuer.publish(world.k1, ec.jwk(**changes))
        return start(jwt_allowed_algorithms=BOTH).status(ec.token()) == 200

    return experiment


def takes_the_first(world: World, start: Start) -> bool:
    """Of two moduli in one entry the first verifies."""
    first, second = as_json(world.k2.jwk()), as_json({"n": world.attacker.jwk()["n"]})
    world.issuer.answer(b'{"keys":[' + as_json(world.k1.jwk()) + b"," + first[:-1] + b"," + second[1:] + b"]}")
    return start().status(world.k2.token()) == 200


def misses_the_eleventh(world: World, start: Start) -> bool:
    """A key behind ten others is not found."""
    world.issuer.publish(*(world.k1.jwk(kid=f"old-{number}") for number in range(10)), world.k2)
    return start().status(world.k2.token()) == 401


def misses_the_second_name(world: World, start: Start) -> bool:
    """A key that is published twice is found by its first kid alone."""
    world.issuer.publish(world.k1, world.k2.jwk(kid="old"), world.k2)
    return start().status(world.k2.token()) == 401


def misses_the_second_use(world: World, start: Start) -> bool:
    """A key that is published for encryption first verifies nothing."""
    world.issuer.publish(world.k1, world.k2.jwk(kid="enc", use="enc", alg="RSA-OAEP"), world.k2)
    return start().status(world.k2.token()) == 401


def remembers_the_use(world: World, start: Start) -> bool:
    """A key that is for encryption from now on verifies as before."""
    service = start(unknown_kid_cooldown_seconds=0.0)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k1.jwk(use="enc"), world.k2)
    assert service.status(world.k2.token()) == 200
    return service.status(world.k1.token()) == 200


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-x5c-over-n-e": publishes(with_foreign_certificate),
    "m-jwk-kty-ignored": (
        publishes(lambda world: (world.k2.jwk(kty=...), world.k2.token())),
        publishes(lambda world: (world.k2.jwk(kty="FOO"), world.k2.token())),
        publishes(lambda world: (two_in_one(Key.p256("k2").jwk(alg=...), world.k2.jwk(alg=...)), world.k2.token())),
    ),
    "m-jwk-type-by-curve": (takes_ecdsa(alg=...), refuses_its_own),
    "m-jwk-type-from-alg": takes_ecdsa(alg="ES256"),
    "m-jwk-curve-ignored": (takes_any_curve(crv=...), takes_any_curve(crv="P-384"), takes_any_curve(crv="secp256k1")),
    "m-jwk-alg-over-allowlist": publishes(
        lambda world: (world.k2.jwk(alg="HS256"), hmac_token(world.k2.pem(), {"kid": "k2"}))
    ),
    "m-jwk-duplicate-first": takes_the_first,
    "m-ten-keys-of-a-set": misses_the_eleventh,
    "m-one-entry-for-each-key": (misses_the_second_name, misses_the_second_use),
    "m-key-entry-kept": remembers_the_use,
}
