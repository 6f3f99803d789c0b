"""Faults of MCP servers before and at their endpoint: who is let through, and what the others are told."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request

from harness.reference.call import Call
from harness.reference.errors import AuthenticationFailed, PermissionDenied, Reason, RequestError
from harness.reference.faults.registry import fault
from harness.reference.mcp.address import WELL_KNOWN, Address
from harness.reference.mcp.callers import Caller
from harness.reference.mcp.gate import McpGate
from harness.reference.mcp.handlers import SESSION, McpHandlers
from harness.reference.mcp.replies import McpReplies
from harness.reference.mcp.routes import READ, McpRoutes
from harness.reference.replies import json_reply
from harness.reference.routes import Route
from harness.reference.security_service import SecurityContext


@fault("m-mcp-origin-unchecked", precedent="FastMCP 4.1.6 and the TypeScript SDK 1.32.2 without settings of their own")
class OriginUnchecked(McpGate):
    """A page of any site may call."""

    def check_origin(self, call: Call) -> None:
        """Nothing is asked of it."""


@fault("m-mcp-origin-is-400", precedent="the revision 2025-06-18, which names no status")
class OriginIs400(McpGate):
    """An Origin that is not allowed is told as a bad request."""

    def refused_origin(self) -> RequestError:
        """Another status than 403."""
        return RequestError(400, "bad_request", "The Origin is not allowed")


@fault("m-mcp-host-unchecked", precedent="FastMCP 4.1.6; DNS rebinding")
class HostUnchecked(McpGate):
    """A server on this machine answers to any name."""

    def check_host(self, call: Call) -> None:
        """Nothing is asked of it."""


@fault("m-mcp-token-in-query", precedent="clients of the old SSE transport, which could set no header")
class TokenInQuery(McpGate):
    """A token in the query of the URL counts as one in the header."""

    def authenticate(self, call: Call) -> SecurityContext:
        """RFC 6750 §2.3, which OAuth 2.1 has left out."""
        token = call.request.args.get("access_token")
        return self.security.by_token(token) if token else super().authenticate(call)


@fault("m-mcp-session-authenticates", precedent="Security Best Practices, Session Hijacking")
class SessionAuthenticates(McpGate):
    """Who names an open session needs no token."""

    def authenticate(self, call: Call) -> SecurityContext:
        """The caller is who opened it."""
        sessions = self.handlers.sessions if isinstance(self.handlers, McpHandlers) else {}
        if "Authorization" not in call.request.headers and (
            owner := sessions.get(call.request.headers.get(SESSION, ""))
        ):
            return Caller((READ,), owner)
        return super().authenticate(call)


def _method(call: Call) -> object:
    """The method of a message; nothing of what is none."""
    try:
        body = call.json()
    except RequestError:
        return None
    return body.get("method") if isinstance(body, dict) and call.request.method == "POST" else None


@fault("m-mcp-notifications-open", precedent="handlers that answer 202 before they look at anything")
class NotificationsOpen(McpGate):
    """A notification needs no token."""

    def serve(self, call: Call) -> Response:
        """There is nothing to answer."""
        method = _method(call)
        if isinstance(method, str) and method.startswith("notifications/"):
            return Response(status=202)
        return super().serve(call)


@fault("m-mcp-listing-open", precedent="servers that let anybody list their tools, and ask for a token at the call")
class ListingOpen(McpGate):
    """What tools there are is told to everybody."""

    def authenticate(self, call: Call) -> SecurityContext:
        """As somebody with the scope of all requests."""
        return Caller((READ,)) if _method(call) == "tools/list" else super().authenticate(call)


@fault("m-mcp-get-open", precedent="middleware that guards POST alone")
class GetOpen(McpGate):
    """Everybody may listen."""

    def authenticate(self, call: Call) -> SecurityContext:
        """As somebody with the scope of all requests."""
        return Caller((READ,)) if call.request.method == "GET" else super().authenticate(call)


@fault("m-mcp-get-expired", precedent="streams that are taken up again with the token they were opened with")
class GetExpired(McpGate):
    """Whoever had a token once may listen."""

    def authenticate(self, call: Call) -> SecurityContext:
        """That it has expired, which comes after its signature, is forgiven."""
        try:
            return super().authenticate(call)
        except AuthenticationFailed as failure:
            if call.request.method != "GET" or failure.reason is not Reason.EXPIRED:
                raise
            return Caller((READ,))


@fault("m-mcp-preflight-served", precedent="gates that let OPTIONS through, before a handler for all methods")
class PreflightServed(McpRoutes):
    """A preflight needs no token, and the message in it is answered."""

    def routes(self) -> tuple[Route, ...]:
        """The endpoint has one method more, which is open to everybody."""
        found = super().routes()
        return (*found, *(replace(one, method="OPTIONS", permission=None) for one in found if one.method == "POST"))


@fault("m-mcp-delete-open", precedent="middleware that guards POST alone")
class DeleteOpen(McpGate):
    """Everybody may end a session whose id is known."""

    def authenticate(self, call: Call) -> SecurityContext:
        """As the one who opened it."""
        if call.request.method != "DELETE" or not isinstance(self.handlers, McpHandlers):
            return super().authenticate(call)
        return Caller((READ,), self.handlers.sessions.get(call.request.headers.get(SESSION, ""), ""))


@fault("m-mcp-body-first", precedent="body parsers that are put before the middleware that authenticates")
class BodyFirst(McpGate):
    """What is no JSON is told so before anybody asks for a token."""

    def serve(self, call: Call) -> Response:
        """The body is read first."""
        if call.match.route.reads_body:
            call.json()
        return super().serve(call)


@fault("m-mcp-metadata-protected", precedent="a guard that is put before all paths")
class MetadataProtected(McpGate):
    """Whoever wants to know where to get a token needs one."""

    def is_public(self, call: Call) -> bool:
        """The metadata aren't."""
        return super().is_public(call) and call.match.route.operation != "resource_metadata"


@fault("m-mcp-challenge-bare", precedent="RFC 6750 as it was before RFC 9728")
class ChallengeBare(McpReplies):
    """A challenge doesn't say where the metadata are."""

    def challenge(self, failure: AuthenticationFailed) -> str:
        """Scheme and scope."""
        return super().challenge(failure).rpartition(", resource_metadata")[0]


@fault("m-mcp-challenge-relative", precedent="paths where a URL is asked for")
class ChallengeRelative(McpReplies):
    """The address of the metadata has no host."""

    def metadata_url(self) -> str:
        """The path alone."""
        return Address.of(self.settings.jwt_audience).metadata_path


@fault("m-mcp-challenge-by-method", precedent="guards that are put before each handler, with settings of their own")
class ChallengeByMethod(McpReplies):
    """The challenge to a request that posts nothing names metadata of the host."""

    def metadata_url(self) -> str:
        """Where there are none."""
        if request.method == "POST":
            return super().metadata_url()
        return Address.of(self.settings.jwt_audience).origin + WELL_KNOWN


@fault("m-mcp-challenge-no-scope", precedent="the Python SDK 2.3.0")
class ChallengeNoScope(McpReplies):
    """A challenge doesn't say which scope is needed."""

    def scope(self) -> str:
        """Nothing."""
        return ""


@fault("m-mcp-challenge-offline-access", precedent="servers that ask for a refresh token on the client's behalf")
class ChallengeOfflineAccess(McpReplies):
    """A challenge asks for offline_access."""

    def scope(self) -> str:
        """Which opens nothing here."""
        return f'scope="{READ} offline_access", '


@fault("m-mcp-bad-token-is-403", precedent="refusals that don't tell a token from its scope")
class BadTokenIs403(McpReplies):
    """A token that is refused is answered 403, so that no client fetches a new one."""

    def unauthorized_status(self, failure: AuthenticationFailed) -> int:
        """But for who brings none."""
        return 401 if failure.reason is Reason.MISSING else 403


@fault("m-mcp-refusal-in-200", precedent="JSON-RPC errors in place of HTTP statuses")
class RefusalIn200(McpReplies):
    """A refusal is an error of JSON-RPC in an answer with 200."""

    def unauthorized(self, failure: AuthenticationFailed) -> Response:
        """No client of the protocol understands it."""
        return json_reply(200, {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Unauthorized"}})


@fault(
    "m-mcp-scope-is-401",
    precedent="FastMCP 4.1.6: a token without the scope is invalid_token, so that clients log in anew",
)
class ScopeIs401(McpReplies):
    """A token that lacks a scope is told to be invalid."""

    def forbidden(self, denial: PermissionDenied) -> Response:
        """As any bad token."""
        return self.unauthorized(AuthenticationFailed(Reason.PERMISSIONS, "a scope is missing"))


@fault("m-mcp-scope-unnamed", precedent="the Python SDK 2.3.0")
class ScopeUnnamed(McpReplies):
    """A 403 doesn't say which scope is missing."""

    def missing_scope(self, denial: PermissionDenied) -> tuple[str, ...]:
        """Nothing."""
        return ()


@fault("m-mcp-denial-without-metadata", precedent="challenges that are made in two places")
class DenialWithoutMetadata(McpReplies):
    """A 403 doesn't say where the metadata are."""

    def metadata_of_denial(self) -> tuple[str, ...]:
        """Nothing."""
        return ()
