"""Only a token that says so is an access token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.jwt_authenticator import JwtAuthenticator


class AccessTokens(JwtAuthenticator):
    """Verifies JWT access tokens, and no other JWT of the same issuer."""

    def check_type(self, header: Mapping[str, Any]) -> None:
        """ "Verify that the typ header value is at+jwt or application/at+jwt" (RFC 9068 §4)."""
        kind = header.get("typ")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") != "at+jwt":
            raise AuthenticationFailed(Reason.HEADER, "typ is not that of an access token")
