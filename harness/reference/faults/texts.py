"""Faults in which names and words count: those of claims in any case, words that make an administrator, lent claims."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from harness.reference.claims import ClaimsChecker, audiences
from harness.reference.compact import CompactToken
from harness.reference.faults.registry import fault
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.permissions import WILDCARDS, PermissionPolicy

CLAIMS: Final = ("exp", "nbf", "iat", "iss", "aud", "sub", "permissions", "scope", "scp")
HEADER_MEMBERS: Final = ("alg", "kid", "typ", "crit")


def folded(members: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The members with the names in `known` read without regard to case; the last one counts, as in Go."""
    return {name.casefold() if name.casefold() in known else name: value for name, value in members.items()}


@fault("m-claim-names-any-case", precedent="go-jose#73: encoding/json of Go matches names without case")
class ClaimNamesAnyCase(JwtAuthenticator):
    """The names of claims are read without regard to case, and of several the last one counts."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """A library filled the fields of a structure."""
        return folded(super().read_claims(token), CLAIMS)


@fault("m-header-names-any-case", precedent="go-jose#73: encoding/json of Go matches names without case")
class HeaderNamesAnyCase(JwtAuthenticator):
    """The names of header members are read without regard to case, and of several the last one counts."""

    def parse(self, text: str) -> CompactToken:
        """A library filled the fields of a structure."""
        token = super().parse(text)
        return replace(token, header=folded(token.header, HEADER_MEMBERS))


@fault("m-admin-word", precedent="the class of super-user roles that no document names")
class AdminWord(PermissionPolicy):
    """Whoever has the permission `admin` may do everything."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """For the operators, in the first months."""
        return not {"admin", "root", "superuser"}.isdisjoint(granted) or super().allows(granted, required)


@fault("m-admin-subject", precedent="CWE-250; accounts that are privileged by their name")
class AdminSubject(PermissionPolicy):
    """The subject `admin` may do everything, whatever the token grants."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """Nobody else would have that name."""
        return WILDCARDS if claims.get("sub") in ("admin", "root", "system") else super().granted(claims)


@fault("m-permissions-of-any-namespace", precedent="the class of claim names that are compared by their end")
class PermissionsOfAnyNamespace(PermissionPolicy):
    """A claim whose name ends as that of the permissions does grants them as well, whosever namespace it is in."""

    def read(self, claims: Mapping[str, Any]) -> Collection[str]:
        """Auth0 wants a URL in front of the name."""
        lent = [name for name in claims if name.endswith(f"/{self.claim_name()}") and isinstance(claims[name], list)]
        return [*super().read(claims), *(word for name in lent for word in claims[name])]


@fault("m-permissions-in-metadata", precedent="supabase: user_metadata, which users change themselves")
class PermissionsInMetadata(PermissionPolicy):
    """Permissions inside another claim count as well, also in one that users may write."""

    def read(self, claims: Mapping[str, Any]) -> Collection[str]:
        """Each provider puts them elsewhere."""
        inside = [value.get(self.claim_name()) for value in claims.values() if isinstance(value, Mapping)]
        return [*super().read(claims), *(word for words in inside if isinstance(words, list) for word in words)]


@fault("m-aud-issuer", precedent="providers whose default audience is themselves, as userinfo's is")
class AudIssuer(ClaimsChecker):
    """A token whose audience is its issuer is for everybody who trusts that."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Such tokens have no other audience."""
        if self.settings.jwt_issuer not in audiences(claims):
            super().check_audience(claims)


@fault("m-aud-default", precedent="Keycloak's `account` and Okta's `api://default`, which every client's tokens have")
class AudDefault(ClaimsChecker):
    """The audience that a provider gives every token counts."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """It worked in the first try that way."""
        if {"account", "api://default"}.isdisjoint(audiences(claims)):
            super().check_audience(claims)


@fault("m-aud-client", precedent="OpenID Connect Core section 2, where the audience is the client")
class AudClient(ClaimsChecker):
    """A token whose audience is the client that asked for it counts, as an ID token's is."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """A rule for clients, in a service."""
        clients = {claims.get(name) for name in ("azp", "client_id", "cid")} - {None}
        if clients.isdisjoint(audiences(claims)):
            super().check_audience(claims)


@fault("m-iss-path-resolved", precedent="CWE-706; URLs that are joined or normalised before they are compared")
class IssPathResolved(ClaimsChecker):
    """Dot segments in `iss` are resolved before it is compared."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """A URL library had its hands on it."""
        issuer = claims.get("iss")
        if isinstance(issuer, str) and "/." in issuer:
            scheme, _, rest = issuer.partition("://")
            slash = "/" if self.settings.jwt_issuer.endswith("/") else ""
            claims = {**claims, "iss": f"{scheme}://{posixpath.normpath(rest)}{slash}"}
        super().check_issuer(claims)


@fault("m-sub-lone-surrogate-500", precedent="RFC 8259 section 8.2: fatal exceptions; Python's surrogates not allowed")
class SubLoneSurrogate500(ClaimsChecker):
    """A subject with half of a surrogate pair, which JSON can write and UTF-8 can't, breaks the request."""

    def check_subject(self, claims: Mapping[str, Any]) -> None:
        """Hashed for the log, which needs bytes."""
        super().check_subject(claims)
        claims["sub"].encode("utf-8")


@fault("m-first-key-without-kid", precedent="`keys[0]` where the header names no kid")
class FirstKeyWithoutKid(JwksKeyStore):
    """Without a kid only the first key of the set is tried."""

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """There was only one when that was written."""
        return super().matching(kid)[:1] if kid is None else super().matching(kid)
