"""The algorithms a service may be told to allow, and the keys they work with (RFC 7518, RFC 8037)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jwt.algorithms import get_default_algorithms


@dataclass(frozen=True)
class Algorithm:
    """One `alg` name with the `kty` (and, where it matters, the `crv`) of the keys it works with."""

    name: str
    kty: str
    crv: str | None = None


# Symmetric algorithms and `none` are left out on purpose: no setting can switch them on.
ALGORITHMS: Final = {
    algorithm.name: algorithm
    for algorithm in (
        *(Algorithm(name, "RSA") for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        Algorithm("ES256", "EC", "P-256"),
        Algorithm("ES384", "EC", "P-384"),
        Algorithm("ES512", "EC", "P-521"),
        Algorithm("EdDSA", "OKP", "Ed25519"),
    )
}

_VERIFIERS: Final = get_default_algorithms()


def signature_is_valid(name: str, public_key: Any, signing_input: bytes, signature: bytes) -> bool:
    """Whether `signature` over `signing_input` was made with algorithm `name` by the owner of `public_key`.

    `public_key` is a key object of `cryptography` of the type that `ALGORITHMS[name]` asks for. The check is
    PyJWT's own: RSASSA-PKCS1-v1_5 and PSS with a salt as long as the hash, ECDSA over the fixed-length r ||
    s, Ed25519.
    """
    return bool(_VERIFIERS[name].verify(signing_input, public_key, signature))
