"""Faults in how a token and its signature are written down show, and do not show without the fault."""

from __future__ import annotations

import base64
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .issuer import Key, as_json, b64url, claims_now
from .mistakes import Experiment, Start, accepts
from .world import World


def _respelt(part: int, spell: Callable[[str], str]) -> Experiment:
    """A token is let in one part of which is spelt in this way, and signed so."""

    def token(world: World) -> str:
        parts = [
            b64url(as_json({"alg": "RS256", "kid": "k1", "x": "~~~~~??"})),
            b64url(as_json(claims_now(x="~~~~~??"))),
        ]
        if part < 2:
            parts[part] = spell(parts[part])
        signature = b64url(world.k1.sign(".".join(parts).encode()))
        return ".".join([*parts, spell(signature) if part == 2 else signature])

    return accepts(token)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _standard(text: str) -> str:
    return text.translate(str.maketrans("-_", "+/"))


def _with_a_tilde(text: str) -> str:
    return f"{text[:5]}~{text[5:]}"


def _with_a_bit_set(text: str) -> str:
    """The first of the unused bits, of a text whose length is no multiple of four."""
    return text[:-1] + chr(ord(text[-1]) + 1)


def _signed_with_p256(rewritten: Callable[[bytes], bytes]) -> Experiment:
    """A token is let in whose ECDSA signature is written in this way."""

    def experiment(world: World, start: Start) -> bool:
        key = Key.p256("ec1")
        world.issuer.publish(key)
        signed, _, signature = key.token().rpartition(".")
        raw = base64.urlsafe_b64decode(f"{signature}==")
        return start(jwt_allowed_algorithms=("ES256",)).status(f"{signed}.{b64url(rewritten(raw))}") == 200

    return experiment


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def _with_zero_in_front(world: World) -> str:
    signed, _, signature = world.k1.token().rpartition(".")
    return f"{signed}.{b64url(bytes(1) + base64.urlsafe_b64decode(f'{signature}=='))}"


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-base64-padded": _respelt(2, _padded),
    "m-base64-standard-alphabet": tuple(_respelt(part, _standard) for part in range(3)),
    "m-base64-skips-characters": tuple(_respelt(part, _with_a_tilde) for part in range(3)),
    "m-base64-unused-bits": _respelt(2, _with_a_bit_set),
    "m-ecdsa-der-accepted": _signed_with_p256(_der),
    "m-ecdsa-halves": _signed_with_p256(lambda raw: b"\0" + raw[:32] + b"\0" + raw[32:]),
    "m-rsa-signature-reduced": accepts(_with_zero_in_front),
}
