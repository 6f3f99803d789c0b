"""As much of Windmill's API as its rules need: someone of the workspace, an operator, folders, an administrator.

Paths are those of Windmill's OpenAPI document. `permission` is a right, in which `{folder}` is that of the path.
"""

from __future__ import annotations

from typing import Final

from harness.reference.routes import Route, RouteTable

_WORKSPACE: Final = "/api/w/{workspace}"

ROUTES: Final = (
    Route("GET", "/health", None, "health"),
    Route("GET", "/api/version", None, "version"),
    Route("GET", f"{_WORKSPACE}/users/whoami", "in:{workspace}", "whoami"),
    Route("GET", f"{_WORKSPACE}/variables/list", "in:{workspace}", "list_variables"),
    Route("POST", f"{_WORKSPACE}/variables/create", "write", "create_variable", reads_body=True),
    Route("GET", f"{_WORKSPACE}/folders/get/{{folder}}", "read:{folder}", "show", "folder"),
    Route("POST", f"{_WORKSPACE}/folders/update/{{folder}}", "own:{folder}", "show", "folder", reads_body=True),
    Route("GET", f"{_WORKSPACE}/workspaces/list_pending_invites", "admin", "list_invites"),
)


class WorkspaceRoutes(RouteTable):
    """The routes of a Windmill server."""

    def routes(self) -> tuple[Route, ...]:
        """All of them, whatever the settings."""
        return ROUTES
