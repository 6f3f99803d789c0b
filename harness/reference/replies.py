"""Answers, above all the documented error bodies and the challenges of RFC 6750."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from harness.reference.errors import AuthenticationFailed, PermissionDenied, Reason, RequestError
from harness.reference.settings import ReferenceSettings


def json_reply(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, headers, mimetype="application/json")


class ErrorReplies:
    """What a caller is told. All invalid credentials look the same, and nothing they sent comes back."""

    realm = "tasker"

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings

    def unauthorized(self, failure: AuthenticationFailed) -> Response:
        """401 with a challenge (RFC 9110 §15.5.2)."""
        challenge = self.challenge(failure)
        return json_reply(
            self.unauthorized_status(failure),
            {"error": "unauthorized", "message": self.unauthorized_message(failure)},
            {"WWW-Authenticate": challenge} if challenge else None,
        )

    def unauthorized_status(self, failure: AuthenticationFailed) -> int:
        """The identity is not established."""
        return 401

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """The documented sentence for absent credentials, one sentence for all bad ones."""
        if failure.reason is Reason.MISSING:
            return "Missing authentication credentials"
        return "Invalid authentication credentials"

    def challenge(self, failure: AuthenticationFailed) -> str:
        """RFC 6750 §3.1: no error code when the request had no authentication information."""
        if failure.reason is Reason.MISSING:
            return f'Bearer realm="{self.realm}"'
        return f'Bearer realm="{self.realm}", error="invalid_token"'

    def forbidden(self, denial: PermissionDenied) -> Response:
        """403 that names the permission, in the body and as scope (RFC 6750 §3)."""
        challenge = f'Bearer realm="{self.realm}", error="insufficient_scope", scope="{denial.permission}"'
        body = {"error": "forbidden", "message": f"Missing required permission: {denial.permission}"}
        return json_reply(403, body, {"WWW-Authenticate": challenge})

    def refused(self, error: RequestError) -> Response:
        """400..499 for the request itself."""
        return json_reply(error.status, {"error": error.error, "message": error.message}, error.headers)

    def broken(self) -> Response:
        """500 without a word about the inside."""
        return json_reply(500, {"error": "internal_error", "message": "Internal server error"})
