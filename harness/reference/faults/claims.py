"""Faults in the claim checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.claims import ClaimsChecker, numeric_date
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault


@fault("m-no-exp-check", precedent="the jwt_tool playbook; PortSwigger JWT labs")
class NoExpCheck(ClaimsChecker):
    """`exp` is not checked."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """`verify_exp=False` from a debugging afternoon."""


@fault("m-exp-optional", precedent="RFC 9068 §2.2")
class ExpOptional(ClaimsChecker):
    """A token without `exp` never expires."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """RFC 7519 calls the claim optional."""
        if "exp" in claims:
            super().check_expiry(claims)


@fault("m-exp-falsy-zero", precedent="the falsy-value class")
class ExpFalsyZero(ClaimsChecker):
    """An `exp` of 0 skips the check."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """`if exp and exp < now`."""
        if claims.get("exp") != 0:
            super().check_expiry(claims)


@fault("m-exp-milliseconds", precedent="the seconds and milliseconds class")
class ExpMilliseconds(ClaimsChecker):
    """The time is divided by 1000 once too often, so that nothing ever expires."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """The clock was thought to count milliseconds."""
        exp = numeric_date(claims.get("exp"))
        if self.now() / 1000 >= exp + self.leeway():
            raise AuthenticationFailed(Reason.EXPIRED, "the token has expired")


@fault("m-leeway-24h", precedent="RFC 7519 §4.1.4")
class Leeway24h(ClaimsChecker):
    """The leeway is a day."""

    def leeway(self) -> float:
        """Somebody's clock was wrong once."""
        return 24 * 3600.0


@fault("m-exp-type-confusion", precedent="CVE-2026-25537 (jsonwebtoken)")
class ExpTypeConfusion(ClaimsChecker):
    """An `exp` that is no number is there, and is not checked."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """Presence and value are looked at by two pieces of code."""
        value = claims.get("exp")
        if "exp" not in claims or (isinstance(value, int | float) and not isinstance(value, bool)):
            super().check_expiry(claims)


@fault("m-nbf-ignored", precedent="the default of the jsonwebtoken crate")
class NbfIgnored(ClaimsChecker):
    """`nbf` is not checked."""

    def check_not_before(self, claims: Mapping[str, Any]) -> None:
        """The library does not unless it is told to."""


@fault("m-iss-ignored", precedent="samply/blaze#3553")
class IssIgnored(ClaimsChecker):
    """`iss` is not checked."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """The signature was right, after all."""


@fault("m-single-provider-fallback", precedent="nodedb#61")
class SingleProviderFallback(ClaimsChecker):
    """With one issuer configured, `iss` selects nothing and so is not compared."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """The issuer's entry is looked up by name only when there are several."""
        providers = [self.settings.jwt_issuer]
        if len(providers) > 1:
            super().check_issuer(claims)


@fault("m-iss-partial", precedent="CVE-2024-53861 (PyJWT 2.10.0)")
class IssPartial(ClaimsChecker):
    """`iss` may be any piece of the issuer's name, or begin with it."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """`in` and `startswith` where `==` belongs."""
        issuer = str(claims.get("iss"))
        if issuer not in self.settings.jwt_issuer and not issuer.startswith(self.settings.jwt_issuer):
            super().check_issuer(claims)


@fault("m-iss-array", precedent="CVE-2025-30144 (fast-jwt)")
class IssArray(ClaimsChecker):
    """An array of issuers is accepted when ours is among them."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """The code for `aud` is used for `iss` too."""
        issuers = claims.get("iss")
        if not (isinstance(issuers, list) and self.settings.jwt_issuer in issuers):
            super().check_issuer(claims)


@fault("m-aud-ignored", precedent="CVE-2023-22482 (Argo CD)")
class AudIgnored(ClaimsChecker):
    """`aud` is not checked."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """There is only one API, so far."""


@fault("m-aud-missing-ok", precedent="CVE-2020-26160 (jwt-go)")
class AudMissingOk(ClaimsChecker):
    """A token that names no audience is for everybody."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`if aud and ...`."""
        named = claims.get("aud")
        if any(named if isinstance(named, list) else [named]):
            super().check_audience(claims)


@fault("m-aud-substring", precedent="the CVE-2024-53861 class")
class AudSubstring(ClaimsChecker):
    """An audience that contains our name will do."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`in` on a string looks for a piece of it."""
        if self.settings.jwt_audience not in str(claims.get("aud")):
            super().check_audience(claims)


@fault("m-aud-array-rejected", precedent="apollo-mcp-server#244, axum-keycloak-auth#2")
class AudArrayRejected(ClaimsChecker):
    """Only a single string is understood as `aud`."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """RFC 7519 §4.1.3 was read up to its special case."""
        if isinstance(claims.get("aud"), list):
            raise AuthenticationFailed(Reason.AUDIENCE, "aud is not a string")
        super().check_audience(claims)


@fault("m-iss-normalised", precedent="the class of URL normalisation; RFC 8725 §3.8")
class IssNormalised(ClaimsChecker):
    """Case and a trailing slash make no difference to `iss`."""

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """An issuer looks like a URL, and URLs are cleaned up before they are compared."""
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or issuer.rstrip("/").lower() != self.settings.jwt_issuer.rstrip("/").lower():
            super().check_issuer(claims)


@fault("m-azp-as-audience", precedent="RFC 9068 §4; adapters that fall back to azp (Keycloak) or client_id (Cognito)")
class AzpAsAudience(ClaimsChecker):
    """Without `aud`, the client the token was issued to counts as its audience."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """Some issuers leave `aud` out of access tokens."""
        parties = [claims.get(name) for name in ("azp", "client_id", "appid")]
        if "aud" in claims or self.settings.jwt_audience not in parties:
            super().check_audience(claims)


@fault("m-sub-unchecked", precedent="RFC 9068 §2.2; the class of tokens that name nobody")
class SubUnchecked(ClaimsChecker):
    """`sub` may be absent, empty or of any type."""

    def check_subject(self, claims: Mapping[str, Any]) -> None:
        """Permissions are what counts."""
