"""Faults in which names and words count show, and do not show without the fault."""

from __future__ import annotations

import time
from collections.abc import Callable

from .issuer import AUDIENCE, ISSUER, as_json, claims_now
from .mistakes import Experiment, Start, accepts
from .world import World


def lets_in(**claims: object) -> Experiment:
    """The mistake is to let in a token with these claims."""
    return accepts(lambda world: world.k1.token(**claims))


def with_header(**members: object) -> Callable[[World], str]:
    return lambda world: world.k1.token(dict(members))


def half_a_character(world: World, start: Start) -> bool:
    """A subject that is half of a surrogate pair is an error of the service."""
    payload = as_json(claims_now(sub="\ud800"))
    return start().status(world.k1.raw_token({"alg": "RS256", "kid": "k1"}, payload)) == 500


def tries_the_first_key_alone(world: World, start: Start) -> bool:
    """A token without kid of the second key is refused."""
    world.issuer.publish(world.k1, world.k2)
    return start().status(world.k2.token({"kid": ...})) == 401


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-claim-names-any-case": (lets_in(exp=1, EXP=int(time.time()) + 86_400), lets_in(aud="other", Aud=AUDIENCE)),
    "m-header-names-any-case": accepts(with_header(alg=..., ALG="RS256")),
    "m-admin-word": lets_in(permissions=["admin"]),
    "m-admin-subject": lets_in(permissions=[], sub="admin"),
    "m-permissions-of-any-namespace": lets_in(permissions=[], **{"https://a.test/permissions": ["tasks:list"]}),
    "m-permissions-in-metadata": lets_in(permissions=[], user_metadata={"permissions": ["tasks:list"]}),
    "m-aud-issuer": lets_in(aud=ISSUER),
    "m-aud-default": (lets_in(aud="account"), lets_in(aud=["api://default"])),
    "m-aud-client": lets_in(aud="client-1", azp="client-1"),
    "m-iss-path-resolved": (lets_in(iss=f"{ISSUER}x/.."), lets_in(iss=f"{ISSUER}.")),
    "m-sub-lone-surrogate-500": half_a_character,
    "m-first-key-without-kid": tries_the_first_key_alone,
}
