"""Who calls: what the caller may do, and who it is, for a session belongs to its subject."""

from __future__ import annotations

from dataclasses import dataclass

from harness.reference.security_service import SecurityContext, SecurityService


@dataclass(frozen=True)
class Caller(SecurityContext):
    """A caller with a name: the issuer and the `sub` of the token."""

    subject: str = ""


class McpSecurity(SecurityService):
    """Identities that are known again."""

    def by_token(self, token: str) -> Caller:
        """The identity a token proves."""
        claims = self.verified_claims(token)
        return Caller(self.permissions.granted(claims), f"{claims['iss']} {claims['sub']}")
