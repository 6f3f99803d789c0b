"""What the operations on notes do once somebody is let in."""

from __future__ import annotations

from typing import Any

from flask import Response

from harness.reference.errors import RequestError
from harness.reference.handlers import Handlers
from harness.reference.replies import json_reply


class NotesHandlers(Handlers):
    """Notes are kept as the store keeps tasks: a note's text is a task's name."""

    def me(self, body: Any, resource: Any) -> Response:
        """200: somebody with a token."""
        return json_reply(200, {"known": True})

    def list_notes(self, body: Any, resource: Any) -> Response:
        """200 with every note."""
        return json_reply(200, {"notes": [{"id": one["task_uuid"], "text": one["name"]} for one in self.store.all()]})

    def create_note(self, body: Any, resource: Any) -> Response:
        """201 with the new note; its `text` is required."""
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not text:
            raise RequestError(422, "validation_error", "`text` is missing or not a string")
        made = self.store.create(text, "notes", "1", {})
        return json_reply(201, {"id": made["task_uuid"], "text": text})

    def list_labels(self, body: Any, resource: Any) -> Response:
        """200 with none."""
        return json_reply(200, {"labels": []})
