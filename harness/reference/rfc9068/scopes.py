"""What a token grants: the words of its scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.permissions import PermissionPolicy


class Scopes(PermissionPolicy):
    """`scope` is one string of words with blanks between them, each compared as a whole (RFC 6749 §3.3)."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """The words; raises `AuthenticationFailed` for a scope that is no text."""
        return self.words(self.text(claims))

    def text(self, claims: Mapping[str, Any]) -> str:
        """The claim; a token without it grants nothing (RFC 9068 §2.2.3 makes it optional)."""
        value = claims.get(self.claim_name(), "")
        if not isinstance(value, str):
            raise AuthenticationFailed(Reason.PERMISSIONS, "scope is not a string")
        return value

    def words(self, text: str) -> Collection[str]:
        """Blanks stand between words, and nothing else does."""
        return text.split(" ")

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Whether the route's word is among them; a route that asks for none is for every caller with a token."""
        return not required or required in granted
