"""An MCP server over Streamable HTTP that keeps notes, as the pages on authorization and transports want one.

One endpoint takes JSON-RPC messages; a token opens it with the scope of all requests, and a tool that changes something
asks for one more. Its address is its audience (`jwt_audience`), from which the places of its metadata follow.

Source: Model Context Protocol, Authorization and Transports (2025-06-18, 2025-11-25, 2026-07-28), RFC 9728.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.reference.claims import ClaimsChecker
from harness.reference.gate import Gate
from harness.reference.handlers import Handlers
from harness.reference.mcp.audience import ResourceAudience
from harness.reference.mcp.callers import McpSecurity
from harness.reference.mcp.gate import McpGate
from harness.reference.mcp.handlers import McpHandlers
from harness.reference.mcp.replies import McpReplies
from harness.reference.mcp.routes import McpRoutes
from harness.reference.permissions import PermissionPolicy
from harness.reference.replies import ErrorReplies
from harness.reference.rfc9068.scopes import Scopes
from harness.reference.routes import RouteTable
from harness.reference.security_service import SecurityService

PARTS: Final[Mapping[type, type]] = {
    ClaimsChecker: ResourceAudience,
    PermissionPolicy: Scopes,
    SecurityService: McpSecurity,
    Gate: McpGate,
    Handlers: McpHandlers,
    RouteTable: McpRoutes,
    ErrorReplies: McpReplies,
}
