"""Faults in the rules of Windmill's external tokens; they show on the reference with `service` windmill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.call import Call
from harness.reference.errors import PermissionDenied
from harness.reference.faults.registry import fault
from harness.reference.security_service import SecurityContext
from harness.reference.windmill.authenticator import PREFIX, ExternalTokens
from harness.reference.windmill.claims import ExternalClaims
from harness.reference.windmill.gate import WorkspaceGate
from harness.reference.windmill.rights import Rights


@fault("m-wm-prefix-loose", precedent="trim_start_matches in Windmill's auth.rs")
class PrefixLoose(ExternalTokens):
    """The prefix may be missing, stand there several times, or in any case."""

    def without_prefix(self, text: str) -> str:
        """It is cut off as often as it is found."""
        while text.lower().startswith(PREFIX):
            text = text[len(PREFIX) :]
        return text.removeprefix("jwt_")


@fault("m-wm-nameless", precedent="claims that are read where they are used, here for the log alone")
class Nameless(ExternalClaims):
    """Who the user is may be left open; only the workspace counts."""

    def check_texts(self, claims: Mapping[str, Any]) -> None:
        """`claims.username ?? "unknown"`."""
        super().check_texts({**claims, "username": "unknown", "email": "unknown"})


@fault("m-wm-workspace-unchecked", precedent="Windmill's auth.rs, which compares only where a workspace was found")
class WorkspaceUnchecked(WorkspaceGate):
    """The workspace in the path is not compared with that of the token."""

    def check_workspace(self, context: SecurityContext, call: Call) -> None:
        """A good token is good everywhere."""


@fault("m-wm-path-unchecked", precedent="the class of paths that are split where they should be matched")
class PathUnchecked(WorkspaceGate):
    """Where a new variable goes is taken from its path without a look at the rest of it."""

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """Any second part is a folder that somebody may write to."""
        self.check_workspace(context, call)
        if call.match.route.operation != "create_variable":
            super().authorise(context, call)
        elif not any(f"write:{part}" in context.permissions for part in call.json()["path"].split("/")):
            raise PermissionDenied("write")


@fault("m-wm-admin-truthy", precedent="the truthiness of JavaScript and Python")
class AdminTruthy(Rights):
    """`is_admin` and `is_operator` may be anything; what is not empty counts as true."""

    def flag(self, claims: Mapping[str, Any], name: str) -> bool:
        """`if claims.is_admin`."""
        return bool(claims.get(name))


@fault("m-wm-folder-flags-ignored", precedent="groups and folders as lists of names, which they are elsewhere")
class FolderFlagsIgnored(Rights):
    """A folder that a token names may be written to and managed, whatever the token says of that."""

    def of_folder(self, name: str, writes: bool, owns: bool) -> set[str]:
        """Only the names are read."""
        return super().of_folder(name, True, True)
