"""Faults of services that share an issuer: what is for the one does at the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.reference.claims import ClaimsChecker, audiences
from harness.reference.faults.registry import fault
from harness.reference.permissions import PermissionPolicy


@fault("m-aud-of-neighbour", precedent="RFC 8725 §3.9; one list of audiences for all services of a platform")
class AudienceOfNeighbour(ClaimsChecker):
    """A token for any service of the platform is for this one too."""

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """The name of a service is that of the platform and its own."""
        platform = self.settings.jwt_audience.partition("-")[0]
        if not any(one.partition("-")[0] == platform for one in audiences(claims)):
            super().check_audience(claims)


@fault("m-perm-of-neighbour", precedent="OWASP API Security Top 10, API5: a service account that may do everything")
class PermissionOfNeighbour(PermissionPolicy):
    """Who may use the worker is taken for the worker, which may do everything."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Callers of the other service come through it."""
        return super().allows(granted, required) or any(one.startswith("worker:") for one in granted)
