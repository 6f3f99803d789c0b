"""The session that an MCP server gives to the plain token, for requests that are about something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.errors import HarnessError
from harness.cell import checks
from harness.cell.outgoing import build_request
from harness.declared.mcp import SESSION_HEADER

if TYPE_CHECKING:
    from harness.cell.session import Session


class McpSession:
    """One of a running service, opened when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._id: str | None = None

    def id(self) -> str:
        """Its id; empty where the server is without sessions. Raises `HarnessError` where it opens none."""
        if self._id is None:
            self._id = self._opened()
        return self._id

    def _opened(self) -> str:
        session, mcp = self._session, self._session.profile.mcp
        if mcp is None or not mcp.has_sessions:
            return ""
        route = session.profile.routes["read"]
        request = {"body": mcp.message("initialize"), "headers": {SESSION_HEADER: []}}
        exchange = session.send(
            build_request(request, route, session.plain_token(route), {}, session.profile.credential)
        )
        if not checks.meets(exchange, "accept", route, session.profile.refusal):
            raise HarnessError(f"the server opens no session for the plain token: {exchange.summary()}")
        return exchange.header(SESSION_HEADER) or ""
