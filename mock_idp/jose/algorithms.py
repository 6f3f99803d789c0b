"""The signature algorithms of JWS and what each of them needs."""

from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mock_idp.jose.errors import JoseError, nearest

Family = Literal["RSA", "EC", "OKP", "oct"]
Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


@dataclass(frozen=True)
class Algorithm:
    """One `alg` value.

    Attributes:
        name: the value in the header, such as `PS256`.
        family: the `kty` of the key it needs (RFC 7518 section 6.1, RFC 8037 section 2).
        hash: the digest, or None where the scheme brings its own (Ed25519).
        curve: the curve of an EC key, else None.
        okp: the curves of an OKP key, the usual one first.
        pss: True for RSASSA-PSS, False for every other scheme.
    """

    name: str
    family: Family
    hash: Hash | None
    curve: ec.EllipticCurve | None = None
    pss: bool = False
    okp: tuple[str, ...] = ()

    @property
    def crv(self) -> str | None:
        """The `crv` member of a key for this algorithm (RFC 7518 section 6.2.1.1, RFC 8037), or None."""
        if self.okp:
            return self.okp[0]
        return CURVE_NAMES[self.curve.name] if self.curve is not None else None


CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_SHA256, _SHA384, _SHA512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()

ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("RS256", "RSA", _SHA256),
        Algorithm("RS384", "RSA", _SHA384),
        Algorithm("RS512", "RSA", _SHA512),
        Algorithm("PS256", "RSA", _SHA256, pss=True),
        Algorithm("PS384", "RSA", _SHA384, pss=True),
        Algorithm("PS512", "RSA", _SHA512, pss=True),
        Algorithm("ES256", "EC", _SHA256, ec.SECP256R1()),
        Algorithm("ES384", "EC", _SHA384, ec.SECP384R1()),
        Algorithm("ES512", "EC", _SHA512, ec.SECP521R1()),
        Algorithm("EdDSA", "OKP", None, okp=("Ed25519", "Ed448")),
        # RFC 9864 section 2.2: the curve by its name, where EdDSA leaves it to the key.
        Algorithm("Ed25519", "OKP", None, okp=("Ed25519",)),
        Algorithm("Ed448", "OKP", None, okp=("Ed448",)),
        # Never the algorithm of a key of ours: these exist so that the forge can confuse a verifier.
        Algorithm("HS256", "oct", _SHA256),
        Algorithm("HS384", "oct", _SHA384),
        Algorithm("HS512", "oct", _SHA512),
    )
}
"""Every algorithm by its `alg` value (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2.2)."""

SIGNING_ALGORITHMS: tuple[str, ...] = tuple(name for name, algorithm in ALGORITHMS.items() if algorithm.family != "oct")
"""The names a key of the mock can have; HMAC is only for forging."""


def find_algorithm(name: str, field: str | None = "algorithm") -> Algorithm:
    """The algorithm of that exact name.

    Raises:
        JoseError: `unknown_algorithm`, blaming `field` and naming the nearest known name.
    """
    try:
        return ALGORITHMS[name]
    except KeyError:
        # The algorithm of a key can't be one with a shared secret, the `alg` of a token can.
        names = ALGORITHMS if field == "alg" else SIGNING_ALGORITHMS
        sentence = f"{name!r} is not a known JWS algorithm. {nearest(name, names)}"
        raise JoseError("unknown_algorithm", sentence, field) from None
