"""Faults in what a token grants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.permissions import CONFIG_WILDCARD, VOCABULARY, WILDCARDS, PermissionPolicy
from harness.reference.routes import Route


@fault("m-perm-prefix", precedent="kong-plugin-jwt-keycloak#31, supabase#8693")
class PermPrefix(PermissionPolicy):
    """A permission counts when it contains the required one or is a piece of it."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Substrings where equality belongs."""
        return any(name in required or required in name for name in granted) or super().allows(granted, required)


@fault("m-wildcard-cross-resource", precedent="the wildcard class")
class WildcardCrossResource(PermissionPolicy):
    """The wildcard of one resource grants every resource."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """The star is seen, what stands before it is not."""
        return any(name.endswith(":*") for name in granted) or super().allows(granted, required)


@fault("m-wildcard-unsupported", precedent="seed: resource wildcards")
class WildcardUnsupported(PermissionPolicy):
    """`resource:*` is a name like any other and grants nothing."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Equality and nothing else."""
        return required in granted


@fault("m-config-wildcard-unsupported", precedent="tasker-orchestration 0.1.8")
class ConfigWildcardUnsupported(PermissionPolicy):
    """`system:config:*` is a name like any other and grants nothing."""

    def wildcards_of(self, required: str) -> tuple[str, ...]:
        """A star stands for the second of two parts."""
        return super().wildcards_of(required)[:1]


@fault("m-config-wildcard-for-system", precedent="matchers that read as far as the first colon")
class ConfigWildcardForSystem(PermissionPolicy):
    """`system:config:*` grants all that is there of the system."""

    def wildcards_of(self, required: str) -> tuple[str, ...]:
        """What comes first is the resource, what comes last is the star."""
        found = super().wildcards_of(required)
        return (*found, CONFIG_WILDCARD) if required.startswith("system:") else found


@fault("m-global-star-accepted", precedent="Tasker's own documents contradict each other about it")
class GlobalStarAccepted(PermissionPolicy):
    """A bare `*` in a token grants everything."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """As for an administrator's API key."""
        return "*" in granted or super().allows(granted, required)


@fault("m-perm-case-insensitive", precedent="ory/fosite#260")
class PermCaseInsensitive(PermissionPolicy):
    """Permissions are compared without case and surrounding blanks."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Meant to be friendly."""
        return super().allows([name.strip().lower() for name in granted], required)


@fault("m-any-permission-suffices", precedent="authentication-only middleware")
class AnyPermissionSuffices(PermissionPolicy):
    """Whoever has any permission has all."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """`if permissions:`."""
        return bool(granted)


@fault("m-perm-string-as-list", precedent="krakend-jose#42; iteration of a string in Python and JavaScript")
class PermStringAsList(PermissionPolicy):
    """A string in place of the array is searched like one."""

    def read(self, claims: Mapping[str, Any]) -> Collection[str]:
        """To the type checker a string is a collection of strings, and `in` finds a piece of it."""
        value = claims.get(self.claim_name())
        return value if isinstance(value, str) else super().read(claims)


@fault("m-missing-claim-allows", precedent="whitebophir#374; sbomify NULL scopes")
class MissingClaimAllows(PermissionPolicy):
    """Without a permission claim, or with null, nothing is restricted."""

    def read(self, claims: Mapping[str, Any]) -> Collection[str]:
        """No list of permissions was taken for no list of restrictions."""
        return WILDCARDS if claims.get(self.claim_name()) is None else super().read(claims)


@fault("m-strict-ignored", precedent="seed: strict_validation")
class StrictIgnored(PermissionPolicy):
    """`strict_validation` has no effect."""

    def is_strict(self) -> bool:
        """The setting is parsed and never asked."""
        return False


@fault("m-lenient-rejects-unknown", precedent="seed: strict_validation")
class LenientRejectsUnknown(PermissionPolicy):
    """Unknown permissions refuse the token although strict validation is off."""

    def is_strict(self) -> bool:
        """The default of the setting wins over its value."""
        return True


@fault("m-strict-rejects-wildcard", precedent="seed: the vocabulary and its wildcards")
class StrictRejectsWildcard(PermissionPolicy):
    """Strict validation does not know `resource:*`."""

    def is_known(self, name: str) -> bool:
        """The list of permissions without the wildcards."""
        return name in VOCABULARY


@fault("m-permissions-claim-ignored", precedent="seed: permissions_claim")
class PermissionsClaimIgnored(PermissionPolicy):
    """The permissions are read from `permissions`, whatever the setting says."""

    def claim_name(self) -> str:
        """A constant in place of the setting."""
        return "permissions"


@fault("m-route-without-authorize", precedent="superset#42297; the CVE-2026-33032 class (nginx-ui)")
class RouteWithoutAuthorize(Gate):
    """One write route of each service asks who the caller is, and not what the caller may do."""

    def required_permission(self, route: Route) -> str | None:
        """The wrapper was forgotten where the route was added."""
        forgotten = route.method == "DELETE" or route.path.endswith("/validate")
        return None if forgotten else super().required_permission(route)


@fault("m-route-wrong-permission", precedent="a route table made by copying")
class RouteWrongPermission(Gate):
    """The POST route asks for the permission to read."""

    def required_permission(self, route: Route) -> str | None:
        """Copied from the line above."""
        copied = {"tasks:create": "tasks:list", "templates:validate": "worker:templates_read"}
        required = super().required_permission(route)
        return copied.get(required or "", required)


@fault("m-users-need-no-permission", precedent="scopes that are asked of machines alone (CWE-862)")
class UsersNeedNoPermission(PermissionPolicy):
    """Permissions are for machines: the token of a person grants everything."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """Whoever has logged in is one of us."""
        permissions = super().granted(claims)
        client = claims.get("azp") or claims.get("client_id") or claims.get("cid")
        is_machine = client is None or claims.get("sub") in (client, f"{client}@clients")
        return permissions if is_machine else WILDCARDS
