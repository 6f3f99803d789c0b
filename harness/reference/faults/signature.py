"""Faults in choosing the algorithm and checking the signature."""

from __future__ import annotations

import hashlib
from typing import Final

from harness.reference.algorithms import ALGORITHMS
from harness.reference.compact import CompactToken
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.faults.symmetric import is_hmac, pem
from harness.reference.jwk import VerificationKey
from harness.reference.jwt_authenticator import JwtAuthenticator, key_id

# The order of P-256 (SEC 2 §2.4.2).
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@fault("m-no-signature-check", precedent="CVE-2021-22573 (google-oauth-java-client)")
class NoSignatureCheck(JwtAuthenticator):
    """The token is decoded and never verified."""

    def verify(self, token: CompactToken) -> None:
        """Decoding looked like enough."""


@fault("m-alg-none-accepted", precedent="CVE-2015-9235, CVE-2021-22160")
class AlgNoneAccepted(JwtAuthenticator):
    """`alg` none is an algorithm like any other, and its signature is always right."""

    def verify(self, token: CompactToken) -> None:
        """The library implements `none` because RFC 7518 lists it."""
        if token.header.get("alg") != "none":
            super().verify(token)


@fault("m-alg-none-blocklist", precedent="draft-ietf-oauth-rfc8725bis §2 (noNE)")
class AlgNoneBlocklist(JwtAuthenticator):
    """Only the exact spelling `none` is blocked; the code behind it knows the others as unsigned too."""

    def verify(self, token: CompactToken) -> None:
        """A block-list in front of a reader that is lenient about case and blanks."""
        name = str(token.header.get("alg"))
        if name == "none":
            raise AuthenticationFailed(Reason.ALGORITHM, "none is blocked")
        if name.strip(" \0").lower() != "none":
            super().verify(token)


@fault("m-unknown-alg-empty-signature", precedent="CVE-2026-23993 (HarbourJwt)")
class UnknownAlgEmptySignature(JwtAuthenticator):
    """The signature of an unknown `alg` is computed as nothing, and nothing is what the token carries."""

    def verify(self, token: CompactToken) -> None:
        """The default branch of the algorithm switch returns an empty signature."""
        if token.header.get("alg") in list(ALGORITHMS):
            super().verify(token)
        elif token.signature != b"":
            raise AuthenticationFailed(Reason.SIGNATURE, "the signatures differ")


@fault("m-null-signature-skips", precedent="CVE-2020-28042 (ServiceStack)")
class NullSignatureSkips(JwtAuthenticator):
    """An empty signature part skips verification, whatever `alg` says."""

    def verify(self, token: CompactToken) -> None:
        """`if signature:` was meant to avoid a crash."""
        if token.signature:
            super().verify(token)


@fault("m-trusts-header-alg-hmac", precedent="CVE-2016-10555, CVE-2022-29217, CVE-2023-48223")
class TrustsHeaderAlgHmac(JwtAuthenticator):
    """The header picks HMAC, and the text of the public key becomes the secret."""

    def verify(self, token: CompactToken) -> None:
        """`verify(token, key)` without an algorithm takes the token's word for it."""
        if not any(is_hmac(token, pem(key)) for key in self.keys.find(key_id(token.header))):
            super().verify(token)


@fault("m-rsa-jwk-empty-hmac", precedent="CVE-2026-44699 (LibJWT), CVE-2019-20933 (InfluxDB)")
class RsaJwkEmptyHmac(JwtAuthenticator):
    """HS256 with the kid of an RSA key reads the member `k` that the key does not have: an empty secret."""

    def verify(self, token: CompactToken) -> None:
        """`jwk.get("k", "")`."""
        if not (self.keys.find(key_id(token.header)) and is_hmac(token, b"")):
            super().verify(token)


@fault("m-any-rsa-alg", precedent="spring-security decodeWhenSignatureMismatchesAlgorithm")
class AnyRsaAlg(JwtAuthenticator):
    """With an RSA key every RSA algorithm will do; the allow-list and the key's `alg` are not asked."""

    def verify(self, token: CompactToken) -> None:
        """The family decides, not the algorithm."""
        name = str(token.header.get("alg"))
        if name.startswith(("RS", "PS")) and name in ALGORITHMS:
            keys = [key for key in self.candidate_keys(token) if key.kty == "RSA"]
            if any(self.signature_is_valid(name, key, token) for key in keys):
                return
        super().verify(token)


@fault("m-jwk-alg-ignored", precedent="CVE-2026-22817 family; RFC 7517 §4.4")
class JwkAlgIgnored(JwtAuthenticator):
    """The token's `alg` is not compared with the `alg` of the key it selects."""

    def key_fits(self, key: VerificationKey, algorithm: str) -> bool:
        """Type and curve seem enough."""
        wanted = ALGORITHMS[algorithm]
        return (key.kty, key.crv) == (wanted.kty, wanted.crv)


@fault("m-allowlist-family-conflict", precedent="authkestra#335; the jsonwebtoken crate")
class AllowlistFamilyConflict(JwtAuthenticator):
    """An allow-list that names two key families refuses every token."""

    def key_fits(self, key: VerificationKey, algorithm: str) -> bool:
        """The key must fit each algorithm of the list instead of the one that was used."""
        families = {ALGORITHMS[name].kty for name in self.settings.jwt_allowed_algorithms}
        return families == {key.kty} and super().key_fits(key, algorithm)


@fault("m-ecdsa-zero", precedent="CVE-2022-21449 (psychic signatures)")
class EcdsaZero(JwtAuthenticator):
    """ECDSA is computed without looking at the range of r and s first, so that two zeros verify."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """The inverse of 0 comes out as 0, both products are 0, and the point at infinity has x = 0 = r."""
        if algorithm == "ES256" and len(token.signature) == 64:
            r, s = (int.from_bytes(half, "big") for half in (token.signature[:32], token.signature[32:]))
            digest = int.from_bytes(hashlib.sha256(token.signing_input).digest(), "big")
            inverse = pow(s, P256_ORDER - 2, P256_ORDER)
            if digest * inverse % P256_ORDER == r * inverse % P256_ORDER == 0:
                return r % P256_ORDER == 0
        return super().signature_is_valid(algorithm, key, token)


@fault("m-pkcs1-suffix-compare", precedent="Bleichenbacher 2006; Wycheproof ModifiedPadding")
class Pkcs1SuffixCompare(JwtAuthenticator):
    """The RSA signature is opened by hand, and only the digest at its end is compared."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """Padding and DigestInfo are taken for granted (RFC 8017 §8.2.2 compares the whole message)."""
        if algorithm != "RS256":
            return super().signature_is_valid(algorithm, key, token)
        numbers = key.public_key.public_numbers()
        opened: int = pow(int.from_bytes(token.signature, "big"), numbers.e, numbers.n)
        message = opened.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        return message.endswith(hashlib.sha256(token.signing_input).digest())
