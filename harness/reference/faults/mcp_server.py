"""Faults of MCP servers behind the challenge: for whom tokens are, sessions, tools, and the metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from harness.reference.faults.registry import fault
from harness.reference.mcp.address import WELL_KNOWN, Address
from harness.reference.mcp.audience import ResourceAudience
from harness.reference.mcp.callers import Caller
from harness.reference.mcp.handlers import McpHandlers
from harness.reference.mcp.routes import McpRoutes
from harness.reference.replies import json_reply


@fault("m-mcp-aud-origin", precedent="audiences that are compared by their host")
class AudOrigin(ResourceAudience):
    """A token for anything on the same host is good."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """Without the path."""
        return Address.of(audience).origin == Address.of(self.settings.jwt_audience).origin


@fault("m-mcp-aud-prefix", precedent="startsWith in place of equality")
class AudPrefix(ResourceAudience):
    """A token for a server further up on the same host is good."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """Its address begins ours."""
        return self.settings.jwt_audience.startswith(audience)


@fault("m-mcp-aud-issuer", precedent="tokens for the userinfo endpoint, whose audience is the issuer")
class AudIssuer(ResourceAudience):
    """A token for the authorization server itself is good."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """It is trusted, after all."""
        return super().names_us(audience, claims) or audience == self.settings.jwt_issuer


@fault("m-mcp-aud-client", precedent="ID tokens in place of access tokens, RFC 8725 §3.12")
class AudClient(ResourceAudience):
    """A token for the client that asked for it is good."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """As in an ID token."""
        return super().names_us(audience, claims) or audience in (claims.get("client_id"), claims.get("azp"))


@fault("m-mcp-aud-slash", precedent="URLs that are normalised before they are compared")
class AudSlash(ResourceAudience):
    """A slash at the end of an audience doesn't count."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """It is taken away."""
        return super().names_us(audience.removesuffix("/"), claims)


@fault("m-mcp-aud-case", precedent="URLs that are normalised before they are compared")
class AudCase(ResourceAudience):
    """The case of scheme and host doesn't count."""

    def names_us(self, audience: str, claims: Mapping[str, Any]) -> bool:
        """Both in lower case."""
        found = Address.of(audience)
        return super().names_us(f"{found.origin.lower()}{found.path}", claims)


@fault("m-mcp-issuer-listed-only", precedent="metadata that are written by hand beside the verifier's configuration")
class IssuerListedOnly(ResourceAudience):
    """The metadata name an authorization server whose tokens are refused."""

    def trusted_issuers(self) -> tuple[str, ...]:
        """The first."""
        return super().trusted_issuers()[:1]


@fault("m-mcp-session-unbound", precedent="Security Best Practices, Session Hijack Impersonation")
class SessionUnbound(McpHandlers):
    """A session is good for whoever names it."""

    def check_session(self, session: str, caller: Caller) -> None:
        """As long as there is one."""
        if session not in self.sessions:
            super().check_session(session, caller)


@fault("m-mcp-session-counted", precedent="Security Best Practices: session ids that can be guessed")
class SessionCounted(McpHandlers):
    """The ids of sessions are numbers in their order."""

    def new_session_id(self) -> str:
        """The next one."""
        return f"session-{len(self.sessions):08}"


@fault("m-mcp-tool-scope-unchecked", precedent="scopes that are asked for at the endpoint alone")
class ToolScopeUnchecked(McpHandlers):
    """Whoever may call one tool may call all."""

    def may_call(self, name: str) -> bool:
        """Nothing is asked of it."""
        return True


@fault("m-mcp-tool-denied-in-200", precedent='FastMCP 4.1.6: "Unknown tool" in an answer with 200')
class ToolDeniedIn200(McpHandlers):
    """That a tool needs another scope is told as its result."""

    def denied(self, name: str, body: dict[str, Any]) -> Response:
        """No client steps up."""
        result = {"content": [{"type": "text", "text": f"Unknown tool: {name}"}], "isError": True}
        return json_reply(200, {"jsonrpc": "2.0", "id": body["id"], "result": result})


@fault("m-mcp-metadata-text", precedent="files that are served by their name")
class MetadataText(McpHandlers):
    """The metadata are said to be text."""

    def resource_metadata(self, body: Any, resource: Any) -> Response:
        """As of a file without an ending."""
        document = super().resource_metadata(body, resource)
        document.mimetype = "text/plain"
        return document


@fault("m-mcp-metadata-of-origin", precedent="servers that know their host and not their path")
class MetadataOfOrigin(McpHandlers):
    """The metadata are about the whole host."""

    def resource_metadata(self, body: Any, resource: Any) -> Response:
        """Without the path."""
        document = {"resource": Address.of(self.settings.jwt_audience).origin}
        return json_reply(200, {**document, "authorization_servers": self.authorization_servers()})


@fault("m-mcp-metadata-no-servers", precedent="RFC 9728 §2, which makes the member optional")
class MetadataNoServers(McpHandlers):
    """The metadata name no authorization server."""

    def authorization_servers(self) -> list[str]:
        """An empty list."""
        return []


@fault("m-mcp-metadata-issuer-slash", precedent="pydantic's AnyHttpUrl, which ends a host with a slash")
class MetadataIssuerSlash(McpHandlers):
    """The issuer has a slash at its end that it doesn't have itself."""

    def authorization_servers(self) -> list[str]:
        """Clients compare it character by character."""
        return [f"{one}/" for one in super().authorization_servers()]


@fault("m-mcp-metadata-offline-access", precedent="scopes of the authorization server in place of the resource's")
class MetadataOfflineAccess(McpHandlers):
    """The metadata offer offline_access."""

    def scopes_supported(self) -> list[str]:
        """Which opens nothing here."""
        return [*super().scopes_supported(), "offline_access"]


@fault("m-mcp-metadata-misplaced", precedent="OpenID Connect Discovery, which appends the well-known part")
class MetadataMisplaced(McpRoutes):
    """The metadata are where nobody looks for them."""

    def metadata_path(self) -> str:
        """Behind the path."""
        return Address.of(self.settings.jwt_audience).path + WELL_KNOWN
