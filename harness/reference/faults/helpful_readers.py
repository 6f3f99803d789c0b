"""Faults of readers that mean well: they find more in a value than stands there, or let in what a beginner sends."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Request

from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.claims import ClaimsChecker
from harness.reference.compact import CompactToken
from harness.reference.credentials import CredentialReader
from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.permissions import WILDCARDS, PermissionPolicy
from harness.reference.security_service import SecurityContext, SecurityService

# What guides and examples have in place of a secret, and clients in place of a token that they have not got.
PLACES_HELD: Final = ("null", "undefined", "None", "changeme", "test", "dev", "secret", "admin", "password")


@fault("m-exp-date-text", precedent="parsers of JSON that make dates of texts, such as Newtonsoft.Json's")
class ExpDateText(ClaimsChecker):
    """An `exp` that is the text of a date is that date."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """The parser knows dates when it sees them."""
        with contextlib.suppress(ValueError):  # What is no date is judged as it stands.
            if isinstance(claims.get("exp"), str):
                claims = {**claims, "exp": datetime.fromisoformat(claims["exp"]).timestamp()}
        super().check_expiry(claims)


@fault("m-exp-lifetime", precedent="expires_in (RFC 6749 §5.1), which is a number of seconds from now")
class ExpLifetime(ClaimsChecker):
    """An `exp` that is a small number is counted from `iat`."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """Nobody can mean a day in 1970."""
        exp, iat = claims.get("exp"), claims.get("iat", self.now())
        if isinstance(exp, int) and isinstance(iat, int | float) and 60 <= exp < 10**8:
            claims = {**claims, "exp": iat + exp}
        super().check_expiry(claims)


@fault("m-header-claims-first", precedent="RFC 7519 §5.3: replicated claims, which are for encrypted tokens")
class HeaderClaimsFirst(JwtAuthenticator):
    """`iss`, `sub` and `aud` in the header count in place of those in the payload."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """They have been read already."""
        return super().read_claims(token) | _replicated(token)


@fault("m-header-claims-fill", precedent="RFC 7519 §5.3: replicated claims, which are for encrypted tokens")
class HeaderClaimsFill(JwtAuthenticator):
    """`iss`, `sub` and `aud` in the header count where the payload has none."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """Better there than nowhere."""
        return _replicated(token) | super().read_claims(token)


def _replicated(token: CompactToken) -> dict[str, Any]:
    return {name: token.header[name] for name in ("iss", "sub", "aud") if name in token.header}


@fault("m-perm-sign-skipped", precedent="rules that know `!` and `-` before a word, and strip them to look the word up")
class PermSignSkipped(PermissionPolicy):
    """A sign before a permission, which takes it away elsewhere, is skipped."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """The word is what stands behind it."""
        return super().allows([name.lstrip("!-+~^") for name in granted], required)


@fault("m-perm-behind-slash", precedent="Google and Entra write scopes as URLs, of which the last part is shown")
class PermBehindSlash(PermissionPolicy):
    """Of a permission that is a URL, whosever it is, the last part counts."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """The rest is the name of an API."""
        return super().allows([name.rpartition("/")[2] for name in granted], required)


@fault("m-key-in-authorization", precedent="frameworks that know `Authorization: ApiKey` beside a header of their own")
class KeyInAuthorization(CredentialReader):
    """An API key counts in the Authorization field, too, under a scheme that is nobody's."""

    def api_key(self, request: Request) -> str | None:
        """A library's default, beside the header that was configured."""
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        found = super().api_key(request)
        return rest if found is None and scheme.lower() in ("apikey", "api-key", "key") else found


@fault("m-key-hyphens-skipped", precedent="keys that are compared like serial numbers")
class KeyHyphensSkipped(ApiKeyRegistry):
    """Hyphens and underscores of an API key don't count."""

    def matches(self, presented: str, configured: str) -> bool:
        """They are there for people."""
        skipped = str.maketrans("", "", "-_")
        return super().matches(presented.translate(skipped), configured.translate(skipped))


@fault("m-key-of-an-example", precedent="CWE-1392; keys of a quick start that stay in a service")
class KeyOfAnExample(ApiKeyRegistry):
    """The keys that guides have as examples are an administrator's."""

    def permissions_of(self, presented: str) -> tuple[str, ...]:
        """For the first five minutes."""
        return WILDCARDS if presented in PLACES_HELD else super().permissions_of(presented)


@fault("m-token-of-an-example", precedent="CWE-798 and CWE-1392; bypasses for development, and clients without a token")
class TokenOfAnExample(SecurityService):
    """What stands in place of a token, in guides and in clients that have none, is an administrator's."""

    def by_token(self, token: str) -> SecurityContext:
        """It was meant to be switched off."""
        return SecurityContext(WILDCARDS) if token in PLACES_HELD else super().by_token(token)


@fault("m-default-user", precedent="CWE-1392; consoles that ship with admin:admin")
class DefaultUser(SecurityService):
    """The user `admin` with the password `admin` is an administrator."""

    def identify(self, credentials: Any) -> SecurityContext:
        """The console needs somebody who sets it up."""
        from flask import request

        known = request.authorization
        if known is not None and known.type == "basic" and (known.username, known.password) == ("admin", "admin"):
            return SecurityContext(WILDCARDS)
        return super().identify(credentials)
