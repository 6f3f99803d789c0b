"""The single configured key of verification method "public_key"."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from harness.reference.algorithms import ALGORITHMS
from harness.reference.errors import SettingsError
from harness.reference.jwk import CURVES, VerificationKey


class StaticKey:
    """A key source with one key: a token's kid has nothing to select (RFC 7515 §4.1.4)."""

    def __init__(self, pem: str, algorithms: tuple[str, ...]) -> None:
        """`pem` is a public key in PEM; raises `SettingsError` when it is not, is too weak, or is of a kind with which
        none of `algorithms` works.
        """
        self.key = self.load(pem)
        if not any(self.key.kty == ALGORITHMS[name].kty for name in algorithms):
            raise SettingsError("public_key_pem", f"is of the kind {self.key.kty}, and no allowed algorithm is")

    def load(self, pem: str) -> VerificationKey:
        """The key in the PEM text."""
        try:
            key = load_pem_public_key(pem.encode())
        except ValueError as error:
            raise SettingsError("public_key_pem", "is not a public key in PEM (BEGIN PUBLIC KEY)") from error
        if isinstance(key, rsa.RSAPublicKey):
            self.check_size(key.key_size)
            return VerificationKey(None, "RSA", None, None, key)
        if isinstance(key, ec.EllipticCurvePublicKey):
            for name, curve in CURVES.items():
                if key.curve.name == curve.name:
                    return VerificationKey(None, "EC", name, None, key)
        if isinstance(key, ed25519.Ed25519PublicKey):
            return VerificationKey(None, "OKP", "Ed25519", None, key)
        raise SettingsError("public_key_pem", "is of a key type no allowed algorithm uses")

    def check_size(self, bits: int) -> None:
        """RFC 7518 §3.3: RS256 needs 2048 bits or more."""
        if bits < 2048:
            raise SettingsError("public_key_pem", "is an RSA key below 2048 bits (RFC 7518 §3.3)")

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The one key."""
        return (self.key,)

    def close(self) -> None:
        """Nothing is ever under way."""
