"""Every request is for one workspace, and the token has to be for the same one."""

from __future__ import annotations

from harness.reference.call import Call
from harness.reference.errors import PermissionDenied, RequestError
from harness.reference.gate import Gate
from harness.reference.security_service import SecurityContext


class WorkspaceGate(Gate):
    """First the workspace, then the right that the route asks for."""

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """Raises `PermissionDenied` unless the caller is of the workspace and may do there what the route does."""
        self.check_workspace(context, call)
        required = (call.match.route.permission or "").format(**call.match.arguments)
        if not required.startswith("in:"):
            self.demand(context, required)
        if call.match.route.operation == "create_variable":
            self.demand(context, f"write:{folder_of(call)}")

    def check_workspace(self, context: SecurityContext, call: Call) -> None:
        """The `workspace_id` of the token is the workspace in the path, letter by letter."""
        self.demand(context, f"in:{call.argument('workspace')}")

    def demand(self, context: SecurityContext, required: str) -> None:
        """Raises `PermissionDenied` for a right that the caller doesn't have."""
        if not self.permissions.allows(context.permissions, required):
            raise PermissionDenied(required)


def folder_of(call: Call) -> str:
    """The folder of the path in the body, `f/<folder>/<name>`; raises `RequestError` 400 for any other path."""
    body = call.json()
    path = body.get("path") if isinstance(body, dict) else None
    parts = path.split("/") if isinstance(path, str) else []
    if len(parts) != 3 or parts[0] != "f" or not all(parts):
        raise RequestError(400, "bad_request", "The path is not f/<folder>/<name>")
    return parts[1]
