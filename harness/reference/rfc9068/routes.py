"""Notes, their labels, and the caller's own name, for which any good token will do."""

from __future__ import annotations

from typing import Final

from harness.reference.routes import Route, RouteTable

# A permission that everybody has who has a token; None is a route without authentication.
NO_SCOPE: Final = ""

ROUTES: Final = (
    Route("GET", "/health", None, "health"),
    Route("GET", "/me", NO_SCOPE, "me"),
    Route("GET", "/notes", "notes:read", "list_notes"),
    Route("POST", "/notes", "notes:write", "create_note", reads_body=True),
    Route("GET", "/notes/{task_uuid}", "notes:read", "show", "task"),
    Route("GET", "/labels", "labels:read", "list_labels"),
)


class NotesRoutes(RouteTable):
    """The routes of the notes."""

    def routes(self) -> tuple[Route, ...]:
        """All of them, whatever the settings."""
        return ROUTES
