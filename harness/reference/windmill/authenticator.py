"""External tokens are told from all others by what stands before them."""

from __future__ import annotations

from typing import Final

from harness.reference.compact import CompactToken
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.jwt_authenticator import JwtAuthenticator

PREFIX: Final = "jwt_ext_"


class ExternalTokens(JwtAuthenticator):
    """Verifies the JWT behind the prefix; here no other kind of token is known."""

    def parse(self, text: str) -> CompactToken:
        """The token taken apart, without its prefix."""
        return super().parse(self.without_prefix(text))

    def without_prefix(self, text: str) -> str:
        """What stands behind the prefix, which is there exactly once, letter by letter."""
        if not text.startswith(PREFIX):
            raise AuthenticationFailed(Reason.MALFORMED, "the token is no external one")
        return text[len(PREFIX) :]
