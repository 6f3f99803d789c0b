"""Faults in how a token is written down, and in who it says it is for, show, and do not without the fault."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest

from .encrypted import encrypted, private_pem
from .issuer import AUDIENCE, ISSUER, as_json, b64url, claims_now, unsigned
from .mistakes import Experiment, Start, accepts, refuses
from .world import World

HEADER = {"alg": "RS256", "kid": "k1"}


def twice(first: str, last: str) -> Callable[[World], str]:
    """A signed token with these two members between the braces of its header."""
    head = f'{{"typ":"JWT",{first},{last}}}'.encode()
    return lambda world: world.k1.raw_token(head, as_json(claims_now()))


def claim_behind(member: str, **claims: Any) -> Callable[[World], str]:
    """A signed token with one more member behind its claims."""
    # Made when it is sent: it would have expired before the last test.
    return lambda world: world.k1.raw_token(HEADER, as_json(claims_now(**claims))[:-1] + f",{member}}}".encode())


def deflated(world: World) -> str:
    """A signed token whose payload is compressed."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    payload = compressor.compress(as_json(claims_now())) + compressor.flush()
    return world.k1.raw_token(HEADER | {"zip": "DEF"}, payload)


def encoded(codec: str) -> Callable[[World], str]:
    """A signed token whose payload is text in this encoding."""
    return lambda world: world.k1.raw_token(HEADER, as_json(claims_now()).decode().encode(codec))


def unencoded(world: World) -> str:
    """A token over its payload as it is (RFC 7797)."""
    head = b64url(as_json(HEADER | {"b64": False, "crit": ["b64"]}))
    payload = as_json(claims_now()).decode()
    signature = world.k1.sign(f"{head}.{payload}".encode())
    return f"{head}.{payload}.{b64url(signature)}"


def opens(plaintext: Callable[[], bytes], **how: Any) -> Experiment:
    """The mistake is to let in whoever encrypts this for the service."""

    def experiment(world: World, start: Start) -> bool:
        token = encrypted(world.k1, plaintext(), **how)
        return start(decryption_key_pem=private_pem(world.k1)).status(token) == 200

    return experiment


def bare_claims() -> bytes:
    """Claims and nothing around them."""
    return as_json(claims_now())


def unsigned_token() -> bytes:
    """A token that nobody signed."""
    return unsigned({"alg": "none"}).encode()


def may_not_come_again(world: World, start: Start) -> bool:
    """A token that was let in is refused the second time."""
    service, token = start(), world.k1.token(jti="j-1")
    return [service.status(token) for _ in range(2)] == [200, 401]


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-split-unbounded": accepts(lambda world: world.k1.token(filler="x" * 30_000)),
    "m-duplicate-header-first": (
        accepts(twice('"kid":"k1","alg":"RS256"', '"alg":"none"')),
        accepts(twice('"alg":"RS256","kid":"k1"', '"kid":"evil"')),
    ),
    "m-duplicate-claim-first": (
        accepts(claim_behind('"exp":1')),
        accepts(claim_behind('"aud":"other"')),
        accepts(claim_behind('"permissions":[]')),
        refuses(claim_behind('"permissions":["tasks:list"]', permissions=[]), 403),
    ),
    "m-escaped-claim-unread": (
        accepts(claim_behind('"\\u0065xp":1')),
        refuses(claim_behind(f'"\\u0069ss":"{ISSUER}"', iss=...)),
    ),
    "m-b64-false-accepted": accepts(unencoded),
    "m-zip-inflated": accepts(deflated),
    "m-utf16-accepted": (accepts(encoded("utf-16-le")), accepts(encoded("utf-16")), accepts(encoded("utf-32-be"))),
    "m-jwe-as-authenticated": (
        opens(bare_claims),
        opens(unsigned_token),
        opens(bare_claims, alg="RSA-OAEP-256"),
        opens(bare_claims, alg="RSA1_5", enc="A128CBC-HS256"),
        opens(bare_claims, zip=True),
    ),
    "m-typ-case-sensitive": (
        refuses(lambda world: world.k1.token({"typ": "jwt"})),
        refuses(lambda world: world.k1.token({"typ": "application/at+jwt"})),
    ),
    "m-crit-understood-anything": (
        accepts(lambda world: world.k1.token({"crit": ["alg"]})),
        accepts(lambda world: world.k1.token({"crit": ["not-there"]})),
        accepts(lambda world: world.k1.token({"crit": []})),
        accepts(lambda world: world.k1.token({"crit": "exp"})),
    ),
    "m-replay-refused": may_not_come_again,
    "m-iss-normalised": (
        accepts(lambda world: world.k1.token(iss=ISSUER.rstrip("/"))),
        accepts(lambda world: world.k1.token(iss=ISSUER.upper())),
    ),
    "m-aud-of-neighbour": accepts(lambda world: world.k1.token(aud="tasker-worker-api")),
    "m-azp-as-audience": (
        accepts(lambda world: world.k1.token(aud=..., azp=AUDIENCE)),
        accepts(lambda world: world.k1.token(aud=..., client_id=AUDIENCE)),
    ),
    "m-sub-unchecked": (
        accepts(lambda world: world.k1.token(sub=...)),
        accepts(lambda world: world.k1.token(sub=["svc-1"])),
    ),
}


def test_an_encrypted_token_is_still_for_one_audience(world: World) -> None:
    """Only the signature is missing."""
    service = world.start("m-jwe-as-authenticated", decryption_key_pem=private_pem(world.k1))
    assert service.status(encrypted(world.k1, as_json(claims_now(aud="other")))) == 401


@pytest.mark.parametrize("part", range(5))
def test_an_encrypted_token_that_does_not_open_is_refused(world: World, part: int) -> None:
    """Like any other bad token, also by the service that decrypts."""
    service = world.start("m-jwe-as-authenticated", decryption_key_pem=private_pem(world.k1))
    parts = encrypted(world.k1, bare_claims()).split(".")
    parts[part] = b64url(b"x" * 12)
    assert service.status(".".join(parts)) == 401


def test_a_member_that_crit_names_and_nobody_understands_refuses(world: World) -> None:
    """As without the fault."""
    assert world.start("m-crit-understood-anything").status(world.k1.token({"crit": ["x"], "x": 1})) == 401
