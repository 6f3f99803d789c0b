"""Faults in dates, and in reading the claims they stand in, show, and do not show without the fault."""

from __future__ import annotations

from collections.abc import Callable

from .experiments_tokens import now, raw
from .issuer import as_json, claims_now
from .mistakes import Experiment, accepts, refuses
from .test_faults_token_cache import outlives
from .world import World


def _written(before: str, after: str) -> Callable[[World], str]:
    """A signed token in whose payload one text stands for another."""
    return raw(as_json(claims_now(exp=4102444800)).replace(before.encode(), after.encode()))


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-clock-at-start": outlives(400),
    "m-exp-needs-iat": accepts(lambda world: world.k1.token(exp=1, iat=...)),
    "m-exp-or-nbf": accepts(lambda world: world.k1.token(exp=1, nbf=0)),
    "m-exp-infinite": accepts(_written("4102444800", "1e400")),
    "m-nbf-leeway-doubled": accepts(lambda world: world.k1.token(nbf=now(100))),
    "m-nbf-against-iat": (
        accepts(lambda world: world.k1.token(iat=now(3600), nbf=now(3600))),
        refuses(lambda world: world.k1.token(iat=now(-600), nbf=now(-60))),
    ),
    "m-nbf-wraps": accepts(lambda world: world.k1.token(nbf=2**32 + 1)),
    "m-future-iat-refused": refuses(lambda world: world.k1.token(iat=now(3600))),
    "m-iat-caps-age": refuses(lambda world: world.k1.token(iat=now(-100_000))),
    "m-iat-unexpected-500": (
        refuses(lambda world: world.k1.token(iat=2**60), 500),
        refuses(lambda world: world.k1.token(iat="x"), 500),
    ),
    "m-json-constants": (accepts(_written("4102444800", "NaN")), accepts(_written("4102444800", "Infinity"))),
}
