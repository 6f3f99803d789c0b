"""What the operations of the workspace do once somebody is let in."""

from __future__ import annotations

from typing import Any

from flask import Response

from harness.reference.call import Call
from harness.reference.handlers import Handlers
from harness.reference.replies import json_reply


class WorkspaceHandlers(Handlers):
    """Variables are kept as the store keeps tasks, in one list for all workspaces; folders are those of tokens."""

    def find_folder(self, call: Call) -> dict[str, str]:
        """Whoever has a right in a folder knows that it is there."""
        return {"name": call.argument("folder")}

    def version(self, body: Any, resource: Any) -> Response:
        """200: this is no Windmill."""
        return json_reply(200, "reference")

    def whoami(self, body: Any, resource: Any) -> Response:
        """200: somebody of the workspace."""
        return json_reply(200, {"role": "user"})

    def list_variables(self, body: Any, resource: Any) -> Response:
        """200 with the paths of all variables."""
        return json_reply(200, [{"path": one["name"]} for one in self.store.all()])

    def create_variable(self, body: Any, resource: Any) -> Response:
        """201 with the path of the new variable."""
        return json_reply(201, self.store.create(body["path"], "variables", "1", {})["name"])

    def list_invites(self, body: Any, resource: Any) -> Response:
        """200 with none."""
        return json_reply(200, [])
