"""The single configured key of verification method "public_key"."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from harness.reference.errors import SettingsError
from harness.reference.jwk import CURVES, VerificationKey


class StaticKey:
    """A key source with one key: a token's kid has nothing to select (RFC 7515 §4.1.4)."""

    def __init__(self, pem: str) -> None:
        """`pem` is a SubjectPublicKeyInfo in PEM; raises `SettingsError` when it is not, or is too weak."""
        self.key = _load(pem)

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The one key."""
        return (self.key,)

    def close(self) -> None:
        """Nothing is ever under way."""


def _load(pem: str) -> VerificationKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise SettingsError("public_key_pem", "is not a public key in PEM (BEGIN PUBLIC KEY)") from error
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < 2048:
            raise SettingsError("public_key_pem", "is an RSA key below 2048 bits (RFC 7518 §3.3)")
        return VerificationKey(None, "RSA", None, None, key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        for name, curve in CURVES.items():
            if key.curve.name == curve.name:
                return VerificationKey(None, "EC", name, None, key)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return VerificationKey(None, "OKP", "Ed25519", None, key)
    raise SettingsError("public_key_pem", "is of a key type no allowed algorithm uses")
