"""Whether a text is a public key with which Tasker 0.1.8 verifies tokens."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def is_rsa_public_key(pem: str) -> bool:
    """An RSA key in PEM, PKCS#1 or SubjectPublicKeyInfo (tasker-shared, src/types/auth.rs); no certificate."""
    try:
        return isinstance(load_pem_public_key(pem.encode()), RSAPublicKey)
    except (ValueError, UnsupportedAlgorithm):
        return False
