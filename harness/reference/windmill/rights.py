"""What the claims of an external token allow, as words that a route can ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.permissions import PermissionPolicy


class Rights(PermissionPolicy):
    """Rights are in a workspace (`in:ws1`), of the whole of it (`admin`, `write`) and of its folders (`write:f1`)."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """The rights of the claims; raises `AuthenticationFailed` for a flag that is none."""
        rights = {f"in:{claims['workspace_id']}"}
        if self.flag(claims, "is_admin"):
            rights.add("admin")
        if not self.flag(claims, "is_operator"):
            rights.add("write")
        for folder in claims["folders"]:
            rights |= self.of_folder(*folder)
        return rights

    def of_folder(self, name: str, writes: bool, owns: bool) -> set[str]:
        """Whoever is given a folder may read it; the rest is said."""
        return {f"read:{name}"} | ({f"write:{name}"} if writes else set()) | ({f"own:{name}"} if owns else set())

    def flag(self, claims: Mapping[str, Any], name: str) -> bool:
        """ "A boolean": true or false, and no value that some language takes for one."""
        value = claims.get(name)
        if not isinstance(value, bool):
            raise AuthenticationFailed(Reason.CLAIMS, f"{name} is not a boolean")
        return value

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Whether a right is among those granted; an administrator's are all of the workspace's."""
        return required in granted or ("admin" in granted and not required.startswith("in:"))
