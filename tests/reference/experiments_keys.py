"""Faults in which keys count, and where they come from, show, and do not show without the fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .crafted import forged_with_exponent_one, signed_with_many_primes
from .issuer import ISSUER, Issuer, Key, as_json
from .mistakes import Experiment, Start
from .world import World

OTHER = "http://other.test/"


def publishes(made: Callable[[World], tuple[dict[str, Any], str]]) -> Experiment:
    """The mistake is to use this entry of a key set for this token."""

    def experiment(world: World, start: Start) -> bool:
        entry, token = made(world)
        world.issuer.publish(world.k1, entry)
        return start().status(token) == 200

    return experiment


def misses_behind_a_decoy(world: World, start: Start) -> bool:
    """K1's token is refused when a key of another type has its kid too and comes first."""
    world.issuer.publish(Key.p256("k1"), world.k1)
    return start().status(world.k1.token()) == 401


def misses_the_second_of_two(world: World, start: Start) -> bool:
    """Of two RSA keys with one kid the second verifies nothing."""
    world.issuer.publish(world.k2.jwk(kid="k1"), world.k1)
    return start().status(world.k1.token()) == 401


def hammers(world: World, start: Start) -> bool:
    """Five requests after the issuer asked to be left alone cost more than one fetch."""
    service = start()
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 429, {"Retry-After": "60"})
    world.clock.advance(3600)
    before = len(world.issuer.fetches)
    for _ in range(5):
        assert service.status(world.k1.token(exp=2**40)) == 200
    return len(world.issuer.fetches) - before > 1


def insists_on_a_content_type(header: dict[str, str]) -> Experiment:
    """The mistake is to refuse a key set with this header."""

    def experiment(world: World, start: Start) -> bool:
        world.issuer.answer(as_json({"keys": [world.k1.jwk()]}), 200, header)
        return start().status(world.k1.token()) == 401

    return experiment


def fetches_from_this_machine(world: World, start: Start) -> bool:
    """Under the guard, too."""
    return start(guard_private_hosts=True).status(world.k1.token()) == 200


def believes_other_metadata(world: World, start: Start) -> bool:
    """The attacker's keys are used because metadata of another issuer leads to them."""
    world.issuer.publish(world.attacker)
    metadata = Issuer()
    metadata.answer(as_json({"issuer": OTHER, "jwks_uri": world.issuer.url}))
    try:
        return start(jwks_url="", discovery_url=metadata.url).status(world.attacker.token()) == 200
    finally:
        metadata.close()


def among_two_issuers(ask: Callable[[World], str], status: int, **second: Any) -> Experiment:
    """The mistake is to answer this token like this; the second issuer publishes K2."""

    def experiment(world: World, start: Start) -> bool:
        other = Issuer()
        other.publish(world.k2.jwk(**second))
        try:
            return start(second_issuer=OTHER, second_jwks_url=other.url).status(ask(world)) == status
        finally:
            other.close()

    return experiment


def trusts_another_realm(world: World, start: Start) -> bool:
    """A token of another realm at the same host is let in."""
    host = world.issuer.url.rpartition("/")[0]
    service = start(jwt_issuer=f"{host}/realms/a", jwks_url=f"{host}/realms/a/certs")
    assert service.status(world.k1.token(iss=f"{host}/realms/a")) == 200
    world.issuer.publish(world.k2)
    return service.status(world.k2.token(iss=f"{host}/realms/b")) == 200


def is_led_away(world: World, start: Start) -> bool:
    """The attacker's keys are used because the metadata were moved to where they are."""
    metadata, moved = Issuer(), Issuer()
    world.issuer.publish(world.attacker)
    moved.answer(as_json({"issuer": ISSUER, "jwks_uri": world.issuer.url}))
    metadata.answer(b"", 302, {"Location": moved.url})
    try:
        return start(jwks_url="", discovery_url=metadata.url).status(world.attacker.token()) == 200
    finally:
        metadata.close()
        moved.close()


def asks_the_token_while_down(world: World, start: Start) -> bool:
    """While the issuer is down a token says where its key is."""
    theirs = Issuer()
    theirs.publish(world.attacker)
    world.issuer.answer(b"", 500)
    try:
        return start().status(world.attacker.token({"jku": theirs.url})) == 200
    finally:
        theirs.close()


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-huge-rsa-accepted": publishes(lambda _: signed_with_many_primes(18)),
    "m-bad-exponent-accepted": publishes(
        lambda world: forged_with_exponent_one(world.attacker.private.private_numbers().public_numbers.n)
    ),
    "m-key-ops-ignored": (
        publishes(lambda world: (world.k2.jwk(use=..., key_ops=["encrypt"]), world.k2.token())),
        publishes(lambda world: (world.k2.jwk(key_ops=[]), world.k2.token())),
    ),
    "m-duplicate-kid-first": (misses_behind_a_decoy, misses_the_second_of_two),
    "m-429-hammering": hammers,
    "m-jwks-strict-content-type": (
        insists_on_a_content_type({"Content-Type": "application/jwk-set+json"}),
        insists_on_a_content_type({"Content-Type": "text/plain"}),
        insists_on_a_content_type({}),
    ),
    "m-private-hosts-allowed": fetches_from_this_machine,
    "m-discovery-issuer-unchecked": believes_other_metadata,
    "m-metadata-redirect-followed": is_led_away,
    "m-jku-while-down": asks_the_token_while_down,
    "m-any-realm-trusted": trusts_another_realm,
    "m-keys-shared-across-issuers": (
        among_two_issuers(lambda world: world.k2.token(iss=ISSUER), 200),
        among_two_issuers(lambda world: world.k2.token({"kid": "k1"}, iss=ISSUER), 200, kid="k1"),
        among_two_issuers(lambda world: world.k1.token(), 401, kid="k1"),
        among_two_issuers(lambda world: world.k1.token(iss=OTHER), 200),
    ),
}
