"""The challenges of an MCP server: where its metadata are, and which scope would do."""

from __future__ import annotations

from flask import Response

from harness.reference.errors import AuthenticationFailed, PermissionDenied, Reason
from harness.reference.mcp.address import Address
from harness.reference.mcp.routes import READ
from harness.reference.replies import ErrorReplies, json_reply


class McpReplies(ErrorReplies):
    """RFC 6750 §3 with `resource_metadata` (RFC 9728 §5.1) and `scope`."""

    def challenge(self, failure: AuthenticationFailed) -> str:
        """No error for who brings no token (RFC 6750 §3.1); the scope that any request needs."""
        error = "" if failure.reason is Reason.MISSING else 'error="invalid_token", '
        return f"Bearer {error}{self.scope()}{self.metadata()}"

    def scope(self) -> str:
        """What any request needs (Authorization, Protected Resource Metadata Discovery Requirements)."""
        return f'scope="{READ}", '

    def metadata(self) -> str:
        """The end of every challenge of a 401."""
        return f'resource_metadata="{self.metadata_url()}"'

    def metadata_url(self) -> str:
        """Where the metadata are."""
        return Address.of(self.settings.jwt_audience).metadata_url

    def forbidden(self, denial: PermissionDenied) -> Response:
        """403 that says what a client has to ask for (Authorization, Scope Challenge Handling)."""
        parts = ['error="insufficient_scope"', *self.missing_scope(denial), *self.metadata_of_denial()]
        body = {"error": "forbidden", "message": "The token lacks a scope"}
        return json_reply(403, body, {"WWW-Authenticate": f"Bearer {', '.join(parts)}"})

    def missing_scope(self, denial: PermissionDenied) -> tuple[str, ...]:
        """All that the operation needs, in one challenge."""
        return (f'scope="{denial.permission}"',)

    def metadata_of_denial(self) -> tuple[str, ...]:
        """For consistency with a 401."""
        return (self.metadata(),)
