"""Faults of checks that one way into the service doesn't have show, and do not show without the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from .issuer import ISSUER, Issuer, Key
from .mistakes import Experiment, Start
from .world import World

SECOND = "http://second.test/"


@contextmanager
def second_issuer(world: World) -> Iterator[tuple[Issuer, dict[str, Any]]]:
    """A second issuer, whose key is `k2`, and the settings of a service that trusts it."""
    issuer = Issuer()
    issuer.publish(world.k2)
    try:
        yield issuer, {"second_issuer": SECOND, "second_jwks_url": issuer.url, "jwks_fetch_timeout_seconds": 2.0}
    finally:
        issuer.close()


def lets_in_of_the_second(token: Callable[[World], str]) -> Experiment:
    """The mistake is to let in this token of the second issuer."""

    def experiment(world: World, start: Start) -> bool:
        with second_issuer(world) as (_, settings):
            service = start(**settings)
            assert service.status(world.k2.token(iss=SECOND)) == 200
            return service.status(token(world)) == 200

    return experiment


def lets_in_of_the_first_and_second(world: World, start: Start) -> bool:
    """A token that names a piece of both issuers is let in."""
    with second_issuer(world) as (_, settings):
        return start(**settings).status(world.k1.token(iss=f"{ISSUER} {SECOND}")) == 200


def misses_the_new_key(world: World, start: Start) -> bool:
    """A key that the second issuer has published meanwhile is not looked for."""
    with second_issuer(world) as (issuer, settings):
        service, k3 = start(**settings), Key.rsa("k3")
        assert service.status(world.k2.token(iss=SECOND)) == 200
        issuer.publish(world.k2, k3)
        return service.status(k3.token(iss=SECOND)) == 401


def suffers_for_the_other(world: World, start: Start) -> bool:
    """The second issuer's tokens are refused because the first can't be reached."""
    with second_issuer(world) as (_, settings):
        world.issuer.answer(b"", 500)
        service = start(**settings)
        assert service.status(world.k1.token()) == 401
        return service.status(world.k2.token(iss=SECOND)) == 401


def with_one_key(token: Callable[[World], str]) -> Experiment:
    """The mistake of a service with one configured key is to let in this token."""

    def experiment(world: World, start: Start) -> bool:
        service = start(verification_method="public_key", public_key_pem=world.k1.pem().decode())
        return service.status(token(world)) == 200

    return experiment


def forged(world: World, key: Key, alg: str = "") -> str:
    """A token of this key, published or not, under a signature of zeros."""
    signed, _, signature = key.token(alg=alg or None).rpartition(".")
    return f"{signed}.{'A' * len(signature)}"


def lets_in_forged(key: Callable[[World], Key], alg: str = "") -> Experiment:
    """The mistake is to let in a forged token of this algorithm."""

    def experiment(world: World, start: Start) -> bool:
        signing = key(world)
        world.issuer.publish(signing.jwk(alg=...))
        return start(jwt_allowed_algorithms=(alg or signing.alg,)).status(forged(world, signing, alg)) == 200

    return experiment


def forgets_the_claims(world: World, start: Start) -> bool:
    """An expired ES256 token is let in."""
    signing = Key.p256("p1")
    world.issuer.publish(signing)
    return start(jwt_allowed_algorithms=("ES256",)).status(signing.token(exp=1)) == 200


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-second-issuer-claims-unchecked": lets_in_of_the_second(lambda world: world.k2.token(iss=SECOND, aud="other")),
    "m-second-issuer-unverified": lets_in_of_the_second(lambda world: world.attacker.token({"kid": "k2"}, iss=SECOND)),
    "m-second-issuer-fetched-once": misses_the_new_key,
    "m-outage-shared-by-issuers": suffers_for_the_other,
    "m-static-key-unverified": with_one_key(lambda world: world.attacker.token()),
    "m-static-key-claims-unchecked": with_one_key(lambda world: world.k1.token(aud="other")),
    "m-static-key-any-rsa": (
        with_one_key(lambda world: world.k1.token(alg="RS384")),
        with_one_key(lambda world: world.k1.token(alg="PS256")),
    ),
    "m-static-key-header-unchecked": with_one_key(lambda world: world.k1.token({"crit": ["x"], "x": 1})),
    "m-static-key-embedded-jwk": with_one_key(lambda world: world.attacker.token({"jwk": world.attacker.jwk()})),
    "m-second-issuer-header-unchecked": lets_in_of_the_second(
        lambda world: world.k2.token({"typ": "logout+jwt"}, iss=SECOND)
    ),
    "m-issuers-in-one-text": lets_in_of_the_first_and_second,
    "m-ecdsa-claims-unchecked": forgets_the_claims,
    "m-eddsa-unverified": lets_in_forged(lambda _: Key("ed1", ed25519.Ed25519PrivateKey.generate(), "EdDSA")),
    "m-pss-unverified": lets_in_forged(lambda world: world.k1, "PS256"),
}
