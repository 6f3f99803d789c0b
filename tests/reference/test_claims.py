"""Time, issuer, audience and subject of a token that is correctly signed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .issuer import AUDIENCE, ISSUER, as_json, claims_now
from .world import World

ACCEPTED: dict[str, dict[str, Any]] = {
    "expired within the leeway": {"exp": lambda now: now - 50},
    "exp with a fraction": {"exp": lambda now: now + 300.5},
    "exp of 2^63": {"exp": 2**63},
    "exp of 1e308": {"exp": 1e308},
    "nbf in ten seconds": {"nbf": lambda now: now + 10},
    "iat in the far future": {"iat": lambda now: now * 1000},
    "no iat": {"iat": ...},
    "aud among others": {"aud": [*"abcdefghi", AUDIENCE]},
}

REFUSED: dict[str, dict[str, Any]] = {
    "expired an hour ago": {"exp": lambda now: now - 3600},
    "expired outside the leeway": {"exp": lambda now: now - 75},
    "no exp": {"exp": ...},
    "exp 0": {"exp": 0},
    "exp -1": {"exp": -1},
    "exp -2^63": {"exp": -(2**63)},
    "exp beyond all numbers": {"exp": 10**400},
    "exp text": {"exp": "4102444800"},
    "exp null": {"exp": None},
    "exp true": {"exp": True},
    "exp array": {"exp": [4102444800]},
    "exp object": {"exp": {"$numberLong": "4102444800"}},
    "nbf in an hour": {"nbf": lambda now: now + 3600},
    "nbf text": {"nbf": "99999999999"},
    "nbf array": {"nbf": [99999999999]},
    "nbf object": {"nbf": {}},
    "nbf true": {"nbf": True},
    "iat text": {"iat": "yesterday"},
    "iss of another": {"iss": "https://other.example/"},
    "no iss": {"iss": ...},
    "iss longer": {"iss": ISSUER + ".evil.example"},
    "iss shorter": {"iss": ISSUER[: len(ISSUER) // 2]},
    "iss without slash": {"iss": ISSUER.rstrip("/")},
    "iss upper case": {"iss": ISSUER.upper()},
    "iss and a blank": {"iss": ISSUER + " "},
    "iss array": {"iss": [ISSUER]},
    "iss null": {"iss": None},
    "iss object": {"iss": {"0": ISSUER}},
    "iss empty": {"iss": ""},
    "aud of another": {"aud": "https://other-api"},
    "no aud": {"aud": ...},
    "aud empty": {"aud": ""},
    "aud empty array": {"aud": []},
    "aud null": {"aud": None},
    "aud longer": {"aud": AUDIENCE + "-admin"},
    "aud shorter": {"aud": AUDIENCE[:-1]},
    "aud joined by a blank": {"aud": f"other {AUDIENCE}"},
    "aud number": {"aud": 1},
    "aud object": {"aud": {AUDIENCE: True}},
    "aud array with a number": {"aud": [AUDIENCE, 1]},
    "aud nested": {"aud": [[AUDIENCE]]},
    "azp for aud": {"aud": ..., "azp": AUDIENCE, "client_id": AUDIENCE},
    "no sub": {"sub": ...},
    "sub empty": {"sub": ""},
    "sub null": {"sub": None},
    "sub number": {"sub": 1},
    "sub array": {"sub": ["a"]},
}


def resolved(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with their times filled in."""
    now = int(time.time())
    return {name: value(now) if callable(value) else value for name, value in changes.items()}


@pytest.mark.parametrize("case", ACCEPTED)
def test_claims_that_are_right_are_accepted(world: World, case: str) -> None:
    """Each differs from the plain token in one claim."""
    assert world.start().status(world.k1.token(**resolved(ACCEPTED[case]))) == 200


@pytest.mark.parametrize("case", REFUSED)
def test_claims_that_are_wrong_are_refused(world: World, case: str) -> None:
    """Each differs from the plain token in one claim."""
    assert world.start().status(world.k1.token(**resolved(REFUSED[case]))) == 401


@pytest.mark.parametrize("text", ["1e400", "-1e400"])
def test_an_infinite_date_is_refused(world: World, text: str) -> None:
    """JSON has no infinity; a number too large for a float must not become one."""
    payload = as_json(claims_now(exp=...))[:-1] + f',"exp":{text}}}'.encode()
    assert world.start().status(world.k1.raw_token({"alg": "RS256", "kid": "k1"}, payload)) == 401


def test_expiry_is_checked_again_every_time(world: World) -> None:
    """A token that was accepted expires all the same."""
    service, token = world.start(), world.k1.token()
    assert service.status(token) == 200
    world.clock.advance(300 + 60 + 1)
    assert service.status(token) == 401
