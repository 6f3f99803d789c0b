"""Permissions: the vocabulary, how they are read from claims, and what a grant allows."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, Final

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.settings import ReferenceSettings

log = logging.getLogger(__name__)

VOCABULARY: Final = (
    "tasks:create",
    "tasks:read",
    "tasks:list",
    "tasks:cancel",
    "tasks:context_read",
    "steps:read",
    "steps:resolve",
    "dlq:read",
    "dlq:update",
    "dlq:stats",
    "templates:read",
    "templates:validate",
    "system:config_read",
    "system:handlers_read",
    "system:analytics_read",
    "worker:config_read",
    "worker:templates_read",
)
# The one name of three parts (seed: ADR-012, Decision): what may be done with the configuration.
CONFIG_WILDCARD: Final = "system:config:*"
WILDCARDS: Final = (*dict.fromkeys(f"{name.partition(':')[0]}:*" for name in VOCABULARY), CONFIG_WILDCARD)


class PermissionPolicy:
    """Reads the permissions of a token and compares them with what a route needs."""

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """What a verified token grants; raises `AuthenticationFailed` when the claim cannot be believed."""
        permissions = self.read(claims)
        self.check_vocabulary(permissions)
        return permissions

    def claim_name(self) -> str:
        """The one claim that has a say; the others (roles, scope, groups) have none."""
        return self.settings.permissions_claim

    def read(self, claims: Mapping[str, Any]) -> Collection[str]:
        """The claim, "a JSON array of strings" (seed: Permission Claim Mapping); empty when absent."""
        value = claims.get(self.claim_name(), [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise AuthenticationFailed(Reason.PERMISSIONS, "the permissions are not an array of strings")
        return value

    def check_vocabulary(self, permissions: Collection[str]) -> None:
        """Unknown strings refuse the token under strict validation, otherwise they are logged (seed)."""
        unknown = [name for name in permissions if not self.is_known(name)]
        if unknown and self.is_strict():
            raise AuthenticationFailed(Reason.PERMISSIONS, "a permission is not in the vocabulary")
        if unknown and self.settings.log_unknown_permissions:
            log.warning("%d unknown permissions in a token", len(unknown))

    def is_known(self, name: str) -> bool:
        """Whether a string is a permission or the wildcard of a resource."""
        return name in VOCABULARY or name in WILDCARDS

    def is_strict(self) -> bool:
        """Whether unknown strings refuse the token."""
        return self.settings.strict_validation

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Whether `granted` holds `required` or the wildcard of its resource; no other pattern counts."""
        return required in granted or any(name in granted for name in self.wildcards_of(required))

    def wildcards_of(self, required: str) -> tuple[str, ...]:
        """What stands for a permission beside itself."""
        of_resource = f"{required.partition(':')[0]}:*"
        return (of_resource, CONFIG_WILDCARD) if required.startswith("system:config_") else (of_resource,)
