"""Faults of checks that hold on the usual way into the service, and not on another one that leads in as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.claims import ClaimsChecker
from harness.reference.compact import CompactToken, json_object
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.jwk import VerificationKey
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
