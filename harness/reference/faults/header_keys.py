"""Faults that take the key from the token itself instead of from the issuer (RFC 8725 §3.10)."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from typing import Any, Final

import requests
from cryptography import x509

from harness.reference.compact import CompactToken, b64url_bytes, json_object
from harness.reference.errors import AuthenticationFailed, FetchFailed, UnusableKey
from harness.reference.faults.http_get import get
from harness.reference.faults.registry import fault
from harness.reference.faults.symmetric import is_hmac
from harness.reference.jwk import KeyLoader, VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator

# What may go wrong with a key out of a stranger's hands; the issuer's keys are tried then.
UNREADABLE: Final = (
    requests.RequestException,
    UnusableKey,
    FetchFailed,
    AuthenticationFailed,
    ValueError,
    TypeError,
    AttributeError,
)


def keys_at(address: Any) -> tuple[VerificationKey, ...]:
    """The keys of the JWK Set or the single JWK at `address`, wherever that is; raises one of `UNREADABLE`."""
    answer = get(str(address), timeout=2)
    try:
        return KeyLoader().load_set(answer.content)
    except FetchFailed:
        return (KeyLoader().load_key(answer.json()),)


@fault("m-embedded-jwk", precedent="CVE-2018-0114 (node-jose)")
class EmbeddedJwk(JwtAuthenticator):
    """A public key in the header verifies the token it came with."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """`jwk` is in the standard, so it is used."""
        with contextlib.suppress(*UNREADABLE):
            return (KeyLoader().load_key(token.header.get("jwk")),)
        return super().candidate_keys(token)


@fault("m-trusts-x5c", precedent="the jwt_tool playbook; PortSwigger JWT labs")
class TrustsX5c(JwtAuthenticator):
    """The first certificate in the header verifies the token, and nobody asks who issued the certificate."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """No chain is built."""
        with contextlib.suppress(*UNREADABLE, LookupError):
            der = base64.b64decode(token.header["x5c"][0])
            public_key = x509.load_der_x509_certificate(der).public_key()
            return (VerificationKey(None, "RSA", None, None, public_key),)
        return super().candidate_keys(token)


@fault("m-follows-jku", precedent="PortSwigger jku lab")
class FollowsJku(JwtAuthenticator):
    """The key set is fetched from wherever the header says."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """`jku` is in the standard, so it is used."""
        with contextlib.suppress(*UNREADABLE):
            if "jku" in token.header:
                return keys_at(token.header["jku"])
        return super().candidate_keys(token)


@fault("m-follows-x5u", precedent="the jwt_tool playbook")
class FollowsX5u(JwtAuthenticator):
    """The certificate is fetched from wherever the header says, and nobody asks who issued it."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """`x5u` is in the standard, so it is used."""
        with contextlib.suppress(*UNREADABLE):
            if "x5u" in token.header:
                pem = get(str(token.header["x5u"]), timeout=2).content
                public_key = x509.load_pem_x509_certificate(pem).public_key()
                return (VerificationKey(None, "RSA", None, None, public_key),)
        return super().candidate_keys(token)


@fault("m-kid-as-url", precedent="RFC 8725 §2.9")
class KidAsUrl(JwtAuthenticator):
    """A kid that looks like a URL is one, and the key is fetched from it."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """Some issuers use the key's address as its id."""
        with contextlib.suppress(*UNREADABLE):
            if str(token.header.get("kid")).startswith(("http://", "https://")):
                return keys_at(token.header["kid"])
        return super().candidate_keys(token)


@fault("m-jwks-url-from-claims", precedent="CVE-2026-32301 (Centrifugo)")
class JwksUrlFromClaims(JwtAuthenticator):
    """The address of the key set is built from the `iss` of a token that nobody has verified yet."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """Meant for many tenants: the issuer's name leads to its keys."""
        with contextlib.suppress(*UNREADABLE):
            issuer = json_object(token.payload).get("iss")
            if issuer != self.settings.jwt_issuer:
                return keys_at(f"{issuer}/.well-known/jwks.json")
        return super().candidate_keys(token)


@fault("m-oct-key-loaded", precedent="Wycheproof mixedSymmetryKeyset")
class OctKeyLoaded(JwtAuthenticator):
    """A symmetric key in the public set is loaded and verifies HMAC tokens."""

    def verify(self, token: CompactToken) -> None:
        """The set is trusted whole; that a published secret is none does not occur to anybody."""
        if str(token.header.get("alg")).startswith("HS") and isinstance(self.keys, JwksKeyStore):
            with contextlib.suppress(*UNREADABLE, LookupError):
                entries = KeyLoader().read_document(self.keys.fetcher.fetch())
                (entry,) = [one for one in entries if one["kid"] == token.header["kid"] and one["kty"] == "oct"]
                if is_hmac(token, b64url_bytes(entry["k"])):
                    return
        super().verify(token)


@fault("m-jku-while-down", precedent="fallbacks that are tried when the configured way fails")
class JkuWhileDown(JwtAuthenticator):
    """While the key set can't be fetched, a token's `jku` says where keys are."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """For want of anything better."""
        found = super().candidate_keys(token)
        if found or not isinstance(self.keys, JwksKeyStore) or self.keys.may_retry():
            return found
        with contextlib.suppress(*UNREADABLE):
            return keys_at(token.header["jku"]) if "jku" in token.header else found
        return found


@fault("m-jwk-in-header-500", precedent="readers that take apart what they do not use")
class JwkInHeader500(JwtAuthenticator):
    """A `jwk` in the header is read although nothing is done with it, and breaks the request when it is none."""

    def check_header(self, header: Mapping[str, Any]) -> None:
        """The type of the header has a field for it."""
        super().check_header(header)
        if "jwk" in header:
            KeyLoader().check_use({**header["jwk"], "kty": header["jwk"]["kty"]})
