"""Faults in how bytes and numbers are written down: base64 in other spellings, signatures in other forms."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from harness.reference.compact import CompactToken
from harness.reference.faults.registry import fault
from harness.reference.jwk import VerificationKey
from harness.reference.jwt_authenticator import JwtAuthenticator


@fault("m-base64-padded", precedent="decoders that take padding or leave it; RFC 7515 §2")
class Base64Padded(JwtAuthenticator):
    """Padding behind a part of the token is taken away, and the token is as good."""

    def parse(self, text: str) -> CompactToken:
        """`rstrip("=")`."""
        return _signed_as(text, super().parse(text.replace("=", "")))


@fault("m-base64-standard-alphabet", precedent="decoders that know both alphabets, as Node's Buffer; RFC 7515 §2")
class Base64StandardAlphabet(JwtAuthenticator):
    """The characters + and / of the other alphabet are as good as - and _."""

    def parse(self, text: str) -> CompactToken:
        """One decoder for both."""
        return _signed_as(text, super().parse(text.replace("+", "-").replace("/", "_")))


@fault(
    "m-base64-skips-characters", precedent="b64decode of Python, which skips what is not in the alphabet; RFC 7515 §5.2"
)
class Base64SkipsCharacters(JwtAuthenticator):
    """Characters that are not base64url are passed over, wherever they stand."""

    def parse(self, text: str) -> CompactToken:
        """RFC 2045 §6.8 asks for it, in mail."""
        return _signed_as(text, super().parse(re.sub("[^A-Za-z0-9_.-]", "", text)))


@fault("m-base64-unused-bits", precedent="decoders that drop the bits behind the last byte; RFC 4648 §3.5")
class Base64UnusedBits(JwtAuthenticator):
    """The bits that the last character of a part has too many may be anything."""

    def parse(self, text: str) -> CompactToken:
        """Each part is written once more, as it should have been."""
        return _signed_as(text, super().parse(re.sub("[A-Za-z0-9_-]+", _rewritten, text)))


@fault("m-ecdsa-der-accepted", precedent="JJWT before 0.12, which tried DER when the length was wrong; RFC 7518 §3.4")
class EcdsaDerAccepted(JwtAuthenticator):
    """An ECDSA signature in the form of X.509 is taken as well."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """What the library below wants anyway."""
        if algorithm == "ES256" and len(token.signature) != 64:
            return _verifies(key, token, token.signature)
        return super().signature_is_valid(algorithm, key, token)


@fault("m-ecdsa-halves", precedent="RFC 7518 §3.4: the length is checked first")
class EcdsaHalves(JwtAuthenticator):
    """An ECDSA signature is cut in the middle, however long it is."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """The halves are numbers, and numbers may begin with zeros."""
        if algorithm != "ES256":
            return super().signature_is_valid(algorithm, key, token)
        middle = len(token.signature) // 2
        r, s = (int.from_bytes(half, "big") for half in (token.signature[:middle], token.signature[middle:]))
        return _verifies(key, token, encode_dss_signature(r, s))


@fault("m-rsa-signature-reduced", precedent="textbook RSA without the checks of RFC 8017 §5.2.2 and §8.2.2 step 1")
class RsaSignatureReduced(JwtAuthenticator):
    """An RSA signature is a number of any length, reduced by the modulus."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """Modular arithmetic doesn't mind."""
        if key.kty == "RSA":
            n = key.public_key.public_numbers().n
            number = int.from_bytes(token.signature, "big") % n
            token = replace(token, signature=number.to_bytes((n.bit_length() + 7) // 8, "big"))
        return super().signature_is_valid(algorithm, key, token)


def _signed_as(text: str, token: CompactToken) -> CompactToken:
    """The signature covers what was sent, however it was read."""
    return replace(token, signing_input=text.rpartition(".")[0].encode())


def _rewritten(part: re.Match[str]) -> str:
    kept = part[0] + "=" * (-len(part[0]) % 4)
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(kept)).rstrip(b"=").decode()


def _verifies(key: VerificationKey, token: CompactToken, der: bytes) -> bool:
    try:
        key.public_key.verify(der, token.signing_input, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
