"""Faults in telling issuers apart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.reference.claims import ClaimsChecker
from harness.reference.compact import CompactToken, json_object
from harness.reference.faults.registry import fault
from harness.reference.jwk import KeyLoader, VerificationKey
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator, key_id
from harness.reference.metadata import MetadataReader


@fault("m-keys-shared-across-issuers", precedent="Storm-0558 (2023)")
class KeysSharedAcrossIssuers(JwtAuthenticator):
    """The keys of all issuers are in one map by kid, so that each issuer signs for the others."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """Of keys with the same kid the last one loaded is in the map."""
        sources = (self.keys, *self.other_keys.values())
        found = {key.kid: key for source in sources for key in source.find(key_id(token.header))}
        return tuple(found.values())


@fault("m-discovery-issuer-unchecked", precedent="RFC 8414 §3.3; the mix-up class (OIDF DiscoveryIssuerMismatch)")
class DiscoveryIssuerUnchecked(MetadataReader):
    """Metadata is used whichever issuer it names."""

    def check_issuer(self, metadata: Mapping[str, Any]) -> None:
        """It came from the right address."""


@fault(
    "m-any-realm-trusted", precedent="multi-tenant verifiers that compare the host; the Entra ID common endpoint class"
)
class AnyRealmTrusted(JwtAuthenticator):
    """Every issuer at the host of the configured one is trusted, with its own keys."""

    def authenticate(self, text: str) -> dict[str, Any]:
        """A verifier is made for each realm or tenant that a token names."""
        ours, theirs = self.settings.jwt_issuer, json_object(self.parse(text).payload).get("iss")
        host = "/".join(ours.split("/")[:3]) + "/"
        if not isinstance(theirs, str) or theirs == ours or not theirs.startswith(host):
            return super().authenticate(text)
        realm = replace(self.settings, jwt_issuer=theirs, jwks_url=self.settings.jwks_url.replace(ours, theirs, 1))
        keys = JwksKeyStore(realm, JwksFetcher(realm), KeyLoader(), time.monotonic)
        return JwtAuthenticator(realm, keys, ClaimsChecker(realm, self.claims.now)).authenticate(text)
