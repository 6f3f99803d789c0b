"""HMAC as a faulty service checks it: with something as the secret that was never meant to be one."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harness.reference.compact import CompactToken
from harness.reference.jwk import VerificationKey

HASHES: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def is_hmac(token: CompactToken, secret: bytes) -> bool:
    """Whether the token says HS256, HS384 or HS512 and is authenticated with `secret`."""
    digest = HASHES.get(str(token.header.get("alg")))
    if digest is None:
        return False
    return hmac.compare_digest(hmac.new(secret, token.signing_input, digest).digest(), token.signature)


def pem(key: VerificationKey) -> bytes:
    """A public key as most people keep it: SubjectPublicKeyInfo in PEM, with a newline at the end."""
    text: bytes = key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text
