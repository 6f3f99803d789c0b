"""One endpoint for all messages, and the metadata about it."""

from __future__ import annotations

from typing import Final

from harness.reference.mcp.address import Address
from harness.reference.routes import Route, RouteTable

# What any request to the endpoint needs.
READ: Final = "notes:read"


class McpRoutes(RouteTable):
    """The endpoint is where the audience says; GET listens, DELETE ends a session."""

    def routes(self) -> tuple[Route, ...]:
        """All of them."""
        path = Address.of(self.settings.jwt_audience).path
        return (
            Route("GET", "/health", None, "health"),
            Route("GET", self.metadata_path(), None, "resource_metadata"),
            Route("POST", path, READ, "message", reads_body=True),
            Route("GET", path, READ, "listen"),
            Route("DELETE", path, READ, "end_session"),
        )

    def metadata_path(self) -> str:
        """The well-known place of the endpoint."""
        return Address.of(self.settings.jwt_audience).metadata_path
