"""Faults in what a service remembers of tokens show, and do not show without the fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from .issuer import as_json, b64url, claims_now
from .mistakes import Experiment, Start
from .world import World


def outlives(seconds: float) -> Experiment:
    """A token that was let in is let in again after this long."""

    def experiment(world: World, start: Start) -> bool:
        service, token = start(), world.k1.token()
        assert service.status(token) == 200
        world.clock.advance(seconds)
        return service.status(token) == 200

    return experiment


def outlives_its_key(world: World, start: Start) -> bool:
    """A token that was let in is let in again after its key was withdrawn."""
    service, token = start(), world.k1.token()
    assert service.status(token) == 200
    world.issuer.publish(world.k2)
    assert service.status(world.k2.token()) == 200
    return service.status(token) == 200


def parts(head: int, payload: int, signature: int) -> Callable[[str, str], str]:
    """A text of the parts of two tokens, the first and the second."""

    def made(first: str, second: str) -> str:
        both = first.split("."), second.split(".")
        return ".".join(both[whose][number] for number, whose in enumerate((head, payload, signature)))

    return made


def is_taken_for(again: Callable[[World, str], str], first: dict[str, Any], status: int = 200) -> Experiment:
    """After a good token with these claims, the text that `again` makes of it is answered like that."""

    def experiment(world: World, start: Start) -> bool:
        service, token = start(), world.k1.token(**first)
        assert service.status(token) == 200
        return service.status(again(world, token)) == status

    return experiment


def forged(world: World, **claims: Any) -> str:
    """The attacker's, with a kid of the issuer's."""
    return world.attacker.token({"kid": "k1"}, **claims)


def with_other_signature(world: World, token: str) -> str:
    """What was signed stays as it was."""
    return parts(0, 0, 1)(token, forged(world))


def with_other_claims(_: World, token: str) -> str:
    """The signature stays as it was."""
    head, _payload, signature = token.split(".")
    return f"{head}.{b64url(as_json(claims_now(sub='admin')))}.{signature}"


def with_last_claim_changed(_: World, token: str) -> str:
    """Only the end of the payload is another."""
    head, payload, signature = token.split(".")
    return f"{head}.{payload[:-8]}{payload[-8:].swapcase()}.{signature}"


def with_swapped_case(_: World, token: str) -> str:
    """Each letter of the signature is in the other case."""
    signed, _dot, signature = token.rpartition(".")
    return f"{signed}.{signature.swapcase()}"


def stays_refused(world: World, start: Start) -> bool:
    """A token of tomorrow is refused tomorrow as it was today."""
    service, token = start(), world.k1.token(nbf=int(time.time()) + 86_400, exp=int(time.time()) + 172_800)
    assert service.status(token) == 401
    world.clock.advance(90_000)
    return service.status(token) == 401


def locks_the_owner_out(world: World, start: Start) -> bool:
    """Whoever knows a jti makes the genuine token useless."""
    service = start()
    assert service.status(forged(world, jti="j-1")) == 401
    return service.status(world.k1.token(jti="j-1")) == 401


def opens_the_other_route(world: World, start: Start) -> bool:
    """A token that may list tasks may then read what is dead."""
    service, token = start(), world.k1.token()
    assert service.status(token) == 200
    return service.status(token, "/v1/dlq") == 200


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-token-cache-ignores-exp": outlives(400),
    "m-token-cache-ignores-keys": outlives_its_key,
    "m-token-cache-by-jti": (
        is_taken_for(lambda world, _: forged(world, jti="j-1"), {"jti": "j-1"}),
        is_taken_for(with_other_signature, {"jti": "j-1"}),
    ),
    "m-token-cache-by-subject": (
        is_taken_for(lambda world, _: forged(world, iat=1), {"iat": 1}),
        is_taken_for(lambda world, _: forged(world, iat=1, aud="other"), {"iat": 1}),
    ),
    "m-token-cache-by-signature": is_taken_for(with_other_claims, {}),
    "m-token-cache-by-signing-input": is_taken_for(with_other_signature, {}),
    "m-token-cache-by-prefix": (
        is_taken_for(with_other_signature, {"filler": "x" * 400}),
        is_taken_for(with_last_claim_changed, {"filler": "x" * 400}),
    ),
    "m-token-cache-case-folded": is_taken_for(with_swapped_case, {}),
    "m-claims-cache-by-subject": is_taken_for(lambda world, _: world.k1.token(permissions=[]), {}),
    "m-claims-cache-by-jti": (
        is_taken_for(lambda world, _: world.k1.token(jti="j-1", permissions=[]), {"jti": "j-1"}),
        is_taken_for(lambda world, _: world.k1.token(jti="j-1", aud="other"), {"jti": "j-1"}),
        is_taken_for(lambda world, _: world.k1.token(jti="j-1", exp=1), {"jti": "j-1"}),
    ),
    "m-refusal-cached": stays_refused,
    "m-jti-burnt-by-forgery": locks_the_owner_out,
    "m-decision-cached-for-all-routes": opens_the_other_route,
}

# What holds for each cache but those that forget about time: it is one mistake, not two.
CACHES = sorted(name for name in EXPERIMENTS if name.startswith(("m-token-cache-", "m-claims-cache-")))


@pytest.mark.parametrize("fault", CACHES)
def test_a_stranger_is_refused_all_the_same(world: World, fault: str) -> None:
    """A token that shares nothing with one that was let in is judged as ever."""
    service = world.start(fault)
    assert service.status(world.k1.token(jti="j-1", iat=1)) == 200
    assert service.status(forged(world, sub="svc-2", jti="j-2", iat=2)) == 401
    assert service.status(world.k1.token(sub="svc-2", jti="j-2", iat=2, exp=1)) == 401
