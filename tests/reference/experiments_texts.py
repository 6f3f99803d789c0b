"""Faults in comparing names, that of the algorithm among them, show, and do not show without the fault."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from .issuer import AUDIENCE, ISSUER, Key, as_json, claims_now
from .mistakes import Experiment, Start, accepts
from .world import World


def _full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def _iss(text: str) -> Experiment:
    """A token with this `iss` is let in."""
    return accepts(lambda world: world.k1.token(iss=text))


def _aud(*texts: str) -> tuple[Experiment, ...]:
    """Tokens with these audiences are let in, also where they stand in an array."""
    return tuple(_with_aud(value) for value in (*texts, ["other", texts[0]]))


def _with_aud(value: str | list[str]) -> Experiment:
    return accepts(lambda world: world.k1.token(aud=value))


def _permission(text: str) -> Experiment:
    """A token with this permission opens the list of tasks."""
    return accepts(lambda world: world.k1.token(permissions=[text]))


def _alg(value: Any) -> Experiment:
    """A token that says this in place of RS256, and is signed with it, is let in."""
    return accepts(lambda world: world.k1.token({"alg": value}))


def _signed(allowed: str, alg: str) -> Experiment:
    """A token signed with this algorithm, by a published key, is let in while only another one is allowed."""

    def experiment(world: World, start: Start) -> bool:
        keys = {"ES256": Key.p256, "EdDSA": lambda kid: Key(kid, ed25519.Ed25519PrivateKey.generate(), "EdDSA")}
        key = keys[alg]("k9") if alg in keys else world.k2
        world.issuer.publish(world.k1, key.jwk(alg=...))
        return start(jwt_allowed_algorithms=(allowed,)).status(key.token(alg=alg)) == 200

    return experiment


def _named_untruly(world: World, start: Start) -> bool:
    """A token that says RS256 is let in with the ECDSA signature of a published key."""
    key = Key.p256("k9")
    world.issuer.publish(world.k1, key)
    return start().status(key.raw_token({"alg": "RS256", "kid": "k9"}, as_json(claims_now()), "ES256")) == 200


def _piece_of_a_kid(world: World, start: Start) -> bool:
    """The first letter of k1's kid selects k1."""
    return start().status(world.k1.token({"kid": "k"})) == 200


def _number_for_text(world: World, start: Start) -> bool:
    """The number 7 selects the key whose kid is the text 7."""
    world.issuer.publish(world.k1.jwk(kid="7"))
    return start().status(world.k1.token({"kid": 7})) == 200


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-iss-pattern": _iss(ISSUER.replace(".", "x")),
    "m-iss-newline": _iss(f"{ISSUER}\n"),
    "m-iss-nul": _iss(f"{ISSUER}\0.evil"),
    "m-iss-compatible-forms": _iss(_full_width(ISSUER)),
    "m-iss-invisible": (_iss(f"{ISSUER}\u200b"), _iss(f"\u00ad{ISSUER}")),
    "m-iss-percent": _iss(ISSUER.replace("issuer", "%69ssuer")),
    "m-iss-list": (_iss(f"http://evil/,{ISSUER}"), _iss(f"{ISSUER},http://evil/")),
    "m-iss-same-place": (_iss(f"{ISSUER}#x"), _iss(ISSUER.replace("//", "//evil@"))),
    "m-iss-scheme-ignored": _iss(ISSUER.replace("http", "https")),
    "m-iss-token-pattern": (_iss("*"), _iss("http://issuer.*")),
    "m-aud-case-insensitive": _aud(AUDIENCE.upper()),
    "m-aud-trailing-slash": _aud(f"{AUDIENCE}/"),
    "m-aud-trimmed": _aud(f"{AUDIENCE} ", f"\n{AUDIENCE}"),
    "m-aud-nul": _aud(f"{AUDIENCE}\0-admin"),
    "m-aud-compatible-forms": _aud(_full_width(AUDIENCE)),
    "m-aud-invisible": _aud(f"{AUDIENCE}\u200b", f"\u00ad{AUDIENCE}"),
    "m-aud-percent": _aud(AUDIENCE.replace("t", "%74")),
    "m-aud-token-pattern": _aud("*", "tasker-*"),
    "m-aud-json-text": _aud(f'["{AUDIENCE}"]'),
    "m-perm-compatible-forms": _permission(_full_width("tasks:list")),
    "m-perm-invisible": _permission("tasks:\u200blist"),
    "m-perm-nul": _permission("tasks:list\0x"),
    "m-perm-sql-like": (_permission("tasks:%"), _permission("_asks:list")),
    "m-kid-prefix": _piece_of_a_kid,
    "m-kid-number-as-text": _number_for_text,
    "m-alg-name-loose": (_alg("rs256"), _alg(" RS256"), _alg("RS256\0none")),
    "m-alg-defaulted": (_alg(...), _alg(None), _alg("")),
    "m-default-algorithms-added": (_signed("RS256", "RS512"), _signed("PS256", "RS256"), _signed("RS256", "ES256")),
    "m-rs256-always-allowed": (_signed("RS512", "RS256"), _signed("ES256", "RS256")),
    "m-es256-always-allowed": _signed("RS256", "ES256"),
    "m-eddsa-always-allowed": _signed("RS256", "EdDSA"),
    "m-same-family-allowed": (_signed("RS256", "RS384"), _signed("RS256", "PS256")),
    "m-key-decides-algorithm": _named_untruly,
}
