"""For whom a token is: for this server, by its canonical URI, and for no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.claims import ClaimsChecker, audiences
from harness.reference.errors import AuthenticationFailed, Reason


class ResourceAudience(ClaimsChecker):
    """Tokens name the server that they are for, among others or alone (Authorization, Token Audience Binding)."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """One of the audiences is ours; raises `AuthenticationFailed` else."""
        if not any(self.names_us(one, claims) for one in audiences(claims)):
            raise AuthenticationFailed(Reason.AUDIENCE, "the token is for another server")

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """Compared character by character, as RFC 7519 §2 has it of a StringOrURI."""
        return audience == self.settings.jwt_audience
