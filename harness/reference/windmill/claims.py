"""The claims of an external token, each required and of its type, and an end; its flags are read with the rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.reference.claims import ClaimsChecker
from harness.reference.errors import AuthenticationFailed, Reason

TEXTS: Final = ("username", "email", "workspace_id")


class ExternalClaims(ClaimsChecker):
    """`iss`, `aud` and `sub` are none of them; one that is there all the same binds as ever.

    RFC 7519 §4.1.3: who isn't named by an aud that is present must reject. RFC 8725 §3.8: nor may the keys be those of
    another issuer than an iss that is present.
    """

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """One that is named is the configured one."""
        if "iss" in claims:
            super().check_issuer(claims)

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """One that is named is ours."""
        if "aud" in claims:
            super().check_audience(claims)

    def check_subject(self, claims: Mapping[str, Any]) -> None:
        """Who the user is and what they may use; a `sub` beside that is one."""
        if "sub" in claims:
            super().check_subject(claims)
        self.check_texts(claims)
        self.check_groups(claims)
        self.check_folders(claims)

    def check_texts(self, claims: Mapping[str, Any]) -> None:
        """The names of the user, and the workspace."""
        for name in TEXTS:
            if not isinstance(claims.get(name), str):
                raise AuthenticationFailed(Reason.CLAIMS, f"{name} is not a string")

    def check_groups(self, claims: Mapping[str, Any]) -> None:
        """ "An array of strings"."""
        groups = claims.get("groups")
        if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
            raise AuthenticationFailed(Reason.CLAIMS, "groups is not an array of strings")

    def check_folders(self, claims: Mapping[str, Any]) -> None:
        """ "An array of arrays containing 3 values": a name, and two booleans."""
        folders = claims.get("folders")
        if not isinstance(folders, list) or not all(_is_triple(one) for one in folders):
            raise AuthenticationFailed(Reason.CLAIMS, "folders is not an array of name, may write, is owner")


def _is_triple(value: object) -> bool:
    return isinstance(value, list) and [type(one) for one in value] == [str, bool, bool]
