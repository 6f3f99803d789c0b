"""The order of the gates: authentication, authorisation, and only then body, lookup and handler.

Seed document `authentication-and-authorization`: the permission check happens before the body is
deserialised, and the route layer of public paths never asks for credentials.
"""

from __future__ import annotations

from flask import Response

from harness.reference.call import Call
from harness.reference.credentials import CredentialReader
from harness.reference.errors import PermissionDenied
from harness.reference.handlers import Handlers
from harness.reference.metrics import Metrics
from harness.reference.permissions import PermissionPolicy
from harness.reference.routes import Route
from harness.reference.security_service import SecurityContext, SecurityService


class Gate:
    """Lets a call through to its handler, or raises what is in its way."""

    def __init__(
        self,
        credentials: CredentialReader,
        security: SecurityService,
        permissions: PermissionPolicy,
        handlers: Handlers,
        metrics: Metrics,
    ) -> None:
        self.credentials = credentials
        self.security = security
        self.permissions = permissions
        self.handlers = handlers
        self.metrics = metrics

    def serve(self, call: Call) -> Response:
        """The handler's answer; raises `AuthenticationFailed`, `PermissionDenied` or `RequestError`."""
        if not self.is_public(call):
            self.authorise(self.authenticate(call), call)
        return self.respond(call)

    def is_public(self, call: Call) -> bool:
        """Whether everybody may call."""
        return call.match.public

    def authenticate(self, call: Call) -> SecurityContext:
        """Who calls, established anew for every request."""
        return self.security.authenticate(self.credentials.read(call.request))

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """Raises `PermissionDenied` unless the caller may do what the route does."""
        required = self.required_permission(call.match.route)
        if required is not None and not self.permissions.allows(context.permissions, required):
            self.metrics.denied(required)
            raise PermissionDenied(required)

    def required_permission(self, route: Route) -> str | None:
        """The permission of the route table; None where being somebody is enough."""
        return route.permission

    def respond(self, call: Call) -> Response:
        """Body (400, 413), lookup (400, 404), handler."""
        return self.handlers.answer(call)
