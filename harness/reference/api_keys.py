"""The registry of API keys, each with permissions of its own."""

from __future__ import annotations

import hmac

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.permissions import WILDCARDS
from harness.reference.settings import ApiKey, ReferenceSettings


class ApiKeyRegistry:
    """Static credentials beside tokens; they need no issuer and keep working without one."""

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings
        self.entries = tuple(self.usable_entries()) if settings.api_keys_enabled else ()

    def usable_entries(self) -> list[ApiKey]:
        """The configured keys; an empty one, as an unset variable leaves behind, opens nothing."""
        return [entry for entry in self.settings.api_keys if entry.key.strip()]

    def permissions_of(self, presented: str) -> tuple[str, ...]:
        """What the presented key may do; raises `AuthenticationFailed` when it is none of ours."""
        for entry in self.entries:
            if self.matches(presented, entry.key):
                return self.grant(entry)
        raise AuthenticationFailed(Reason.API_KEY, "the API key is not configured")

    def matches(self, presented: str, configured: str) -> bool:
        """Equality in a time that tells nothing about how much of the key was right."""
        return hmac.compare_digest(presented.encode(), configured.encode())

    def grant(self, entry: ApiKey) -> tuple[str, ...]:
        """The permissions of a key; `*` in the configuration makes an administrator's key (seed)."""
        return WILDCARDS if "*" in entry.permissions else entry.permissions
