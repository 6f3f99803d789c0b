"""Faults of checks that hold on the usual way into the service, and not on another one that leads in as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.algorithms import ALGORITHMS
from harness.reference.claims import ClaimsChecker
from harness.reference.compact import CompactToken, json_object
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.jwk import KeyLoader, VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore, KeySource
from harness.reference.jwt_authenticator import JwtAuthenticator


@fault("m-second-issuer-claims-unchecked", precedent="verifiers whose validators are those of the first provider alone")
class SecondIssuerClaimsUnchecked(ClaimsChecker):
    """The claims of the second issuer's tokens are not checked, only their signature is."""

    def check(self, claims: Mapping[str, Any]) -> None:
        """The second provider was added to the table of keys."""
        if claims.get("iss") != (self.settings.second_issuer or None):
            super().check(claims)


@fault("m-second-issuer-unverified", precedent="the class of providers for which a gateway was to verify")
class SecondIssuerUnverified(JwtAuthenticator):
    """The tokens of the second issuer are read and not verified."""

    def verify(self, token: CompactToken) -> None:
        """The partner's gateway does that."""
        if json_object(token.payload).get("iss") not in self.other_keys:
            super().verify(token)


@fault("m-second-issuer-fetched-once", precedent="micronaut-security#771: several key sets, of which one is refreshed")
class SecondIssuerFetchedOnce(JwksKeyStore):
    """The key set of the second issuer is fetched once and for all."""

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The refresh was written for the one provider that there was."""
        if self.settings.jwt_issuer == self.settings.second_issuer and self.keys:
            return self.matching(kid)
        return super().find(kid)


@fault("m-outage-shared-by-issuers", precedent="one circuit breaker for all calls of one client")
class OutageSharedByIssuers(JwtAuthenticator):
    """While the key set of one issuer can't be fetched, the tokens of the other are refused as well."""

    def keys_of_issuer(self, token: CompactToken) -> KeySource:
        """One breaker for the whole client."""
        sources = (self.keys, *self.other_keys.values())
        if any(isinstance(source, JwksKeyStore) and not source.may_retry() for source in sources):
            raise AuthenticationFailed(Reason.UNKNOWN_KEY, "the key sets can't be fetched")
        return super().keys_of_issuer(token)


@fault("m-static-key-unverified", precedent="CVE-2022-39227's class: a path of the code that decodes only")
class StaticKeyUnverified(JwtAuthenticator):
    """Where one public key is configured, tokens are decoded and not verified."""

    def verify(self, token: CompactToken) -> None:
        """There was no key set to take a key from."""
        if self.settings.verification_method != "public_key":
            super().verify(token)


@fault("m-static-key-claims-unchecked", precedent="the class of second code paths, for development at first")
class StaticKeyClaimsUnchecked(ClaimsChecker):
    """Where one public key is configured, the claims are not checked."""

    def check(self, claims: Mapping[str, Any]) -> None:
        """A right signature is all that the old mode knew."""
        if self.settings.verification_method != "public_key":
            super().check(claims)


@fault("m-ecdsa-claims-unchecked", precedent="the class of a second algorithm with a code path of its own")
class EcdsaClaimsUnchecked(JwtAuthenticator):
    """The claims of tokens that are signed with ECDSA are not checked."""

    def authenticate(self, text: str) -> dict[str, Any]:
        """A second library came with the second algorithm."""
        token = self.parse(text)
        if not str(token.header.get("alg")).startswith("ES"):
            return super().authenticate(text)
        self.check_header(token.header)
        self.verify(token)
        return self.read_claims(token)


@fault("m-eddsa-unverified", precedent="CVE-2020-28042 (ServiceStack): the result of a verification is not looked at")
class EddsaUnverified(JwtAuthenticator):
    """Every EdDSA signature is a right one."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """The call raises nothing, so it has gone well."""
        return super().signature_is_valid(algorithm, key, token) or algorithm == "EdDSA"


@fault("m-pss-unverified", precedent="CVE-2020-28042 (ServiceStack): the result of a verification is not looked at")
class PssUnverified(JwtAuthenticator):
    """Every PSS signature is a right one."""

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """The call returns a number, and 0 is success elsewhere."""
        return super().signature_is_valid(algorithm, key, token) or algorithm.startswith("PS")


@fault("m-static-key-any-rsa", precedent="jsonwebtoken before 9: without a list, what the key can do is allowed")
class StaticKeyAnyRsa(JwtAuthenticator):
    """Where one public key is configured, every algorithm for keys of its type is allowed."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """The list of algorithms belongs to the key set."""
        name = str(header.get("alg"))
        static = self.settings.verification_method == "public_key"
        return name if static and name[:2] in ("RS", "PS") and name in ALGORITHMS else super().select_algorithm(header)


@fault("m-static-key-header-unchecked", precedent="the class of second code paths, for development at first")
class StaticKeyHeaderUnchecked(JwtAuthenticator):
    """Where one public key is configured, `crit` and `typ` are not looked at."""

    def check_header(self, header: Mapping[str, Any]) -> None:
        """Without a kid to find there is nothing to read in a header."""
        if self.settings.verification_method != "public_key":
            super().check_header(header)


@fault("m-static-key-embedded-jwk", precedent="CVE-2018-0114's class, on a path of its own")
class StaticKeyEmbeddedJwk(JwtAuthenticator):
    """Where one public key is configured, the key in a token's header verifies that token as well."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """A key that comes along needs no key set."""
        keys, embedded = super().candidate_keys(token), token.header.get("jwk")
        if self.settings.verification_method == "public_key" and isinstance(embedded, Mapping):
            keys += KeyLoader().load_entries([embedded])
        return keys


@fault("m-second-issuer-header-unchecked", precedent="middleware that is put together anew for each provider")
class SecondIssuerHeaderUnchecked(JwtAuthenticator):
    """With a second issuer, `crit` and `typ` are not looked at any more."""

    def check_header(self, header: Mapping[str, Any]) -> None:
        """The header is read to find the provider, and that is all."""
        if not self.other_keys:
            super().check_header(header)


@fault("m-issuers-in-one-text", precedent="CVE-2024-53861's class: `in` on a text instead of a list")
class IssuersInOneText(ClaimsChecker):
    """With two issuers, a piece of the text in which both stand is one of them."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """The setting was a text before it was a list."""
        both = self.trusted_issuers() if self.settings.second_issuer else ()
        if not claims.get("iss") or str(claims["iss"]) not in " ".join(both):
            super().check_issuer(claims)
