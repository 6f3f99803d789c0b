"""RSA as a careless implementation calculates it: any two numbers are a key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes

# The DER prefixes of a DigestInfo (RFC 8017 §9.2, note 1).
DIGEST_INFO: Final = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


@dataclass(frozen=True)
class TextbookRsaKey:
    """Looks to its caller like a public key of `cryptography`; verifies RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2)."""

    modulus: int
    exponent: int

    @property
    def key_size(self) -> int:
        """The length of the modulus in bits."""
        return self.modulus.bit_length()

    def verify(self, signature: bytes, data: bytes, padding: Any, algorithm: hashes.HashAlgorithm) -> None:
        """Raises `InvalidSignature` unless the signature opens to the padded digest; `padding` is not asked."""
        digest = hashes.Hash(algorithm)
        digest.update(data)
        end = b"\0" + DIGEST_INFO[algorithm.name] + digest.finalize()
        length = (self.key_size + 7) // 8
        expected = b"\0\1" + b"\xff" * (length - 2 - len(end)) + end
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus)
        if not hmac.compare_digest(opened.to_bytes(length, "big"), expected):
            raise InvalidSignature
