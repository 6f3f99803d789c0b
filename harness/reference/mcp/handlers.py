"""What an MCP server does with the messages of somebody who was let in."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

from flask import Response, g, request

from harness.reference.call import Call
from harness.reference.errors import PermissionDenied, RequestError
from harness.reference.handlers import Handlers
from harness.reference.jwks_key_store import KeySource
from harness.reference.mcp.callers import Caller
from harness.reference.mcp.routes import READ
from harness.reference.metrics import Metrics
from harness.reference.replies import json_reply
from harness.reference.routes import Route
from harness.reference.settings import ReferenceSettings
from harness.reference.store import TaskStore

REVISIONS: Final = ("2025-06-18", "2025-11-25", "2026-07-28")
SESSION: Final = "Mcp-Session-Id"
# The scope that each tool needs beside that of any request.
TOOLS: Final = {"list_notes": "", "add_note": "notes:write"}
_NAME: Final = {"name": "Notes", "version": "1"}


class McpHandlers(Handlers):
    """Requests with the id of a session belong to who opened it; without one they are good as well."""

    def __init__(
        self,
        settings: ReferenceSettings,
        routes: tuple[Route, ...],
        store: TaskStore,
        metrics: Metrics,
        keys: KeySource | None,
    ) -> None:
        """`sessions` are the open ones, each with who opened it."""
        super().__init__(settings, routes, store, metrics, keys)
        self.sessions: dict[str, str] = {}

    def answer(self, call: Call) -> Response:
        """As `Handlers.answer`; raises `RequestError` 404 for a session that isn't the caller's."""
        if not call.match.public and (session := call.request.headers.get(SESSION)):
            self.check_session(session, g.caller)
        return super().answer(call)

    def check_session(self, session: str, caller: Caller) -> None:
        """What is known of nobody else's session is that there is none (Security Best Practices, Session Hijacking)."""
        if self.sessions.get(session) != caller.subject:
            raise RequestError(404, "not_found", "There is no such session")

    def new_session_id(self) -> str:
        """Not to be guessed."""
        return secrets.token_urlsafe(24)

    def resource_metadata(self, body: Any, resource: Any) -> Response:
        """The document of RFC 9728 §2."""
        document = {
            "resource": self.settings.jwt_audience,
            "authorization_servers": self.authorization_servers(),
            "scopes_supported": self.scopes_supported(),
            "bearer_methods_supported": ["header"],
        }
        return Response(json.dumps(document), 200, mimetype="application/json")

    def authorization_servers(self) -> list[str]:
        """The issuers whose tokens are taken, as they call themselves (RFC 8414 §3.3)."""
        return [one for one in (self.settings.jwt_issuer, self.settings.second_issuer) if one]

    def scopes_supported(self) -> list[str]:
        """None that is of no use here, such as `offline_access`."""
        return [READ, *filter(None, TOOLS.values())]

    def message(self, body: Any, resource: Any) -> Response:
        """The answer to a JSON-RPC message: 202 for a notification."""
        if not isinstance(body, dict) or not isinstance(body.get("method", ""), str):
            raise RequestError(400, "bad_request", "This is no JSON-RPC message")
        if "id" not in body or "method" not in body:
            return Response(status=202)
        method = body["method"]
        if method == "initialize":
            return self.initialize(body)
        if method == "tools/call":
            return self.call_tool(body)
        results: dict[str, Any] = {"ping": {}, "tools/list": {"tools": _listed()}}
        if method not in results:
            return _json(body, error={"code": -32601, "message": "Method not found"})
        return _json(body, result=results[method])

    def initialize(self, body: dict[str, Any]) -> Response:
        """The revision that was asked for, if it is known, and a session."""
        asked = _table(body, "params").get("protocolVersion")
        chosen = asked if asked in REVISIONS[:2] else REVISIONS[1]
        result: dict[str, Any] = {"protocolVersion": chosen, "capabilities": {"tools": {}}, "serverInfo": _NAME}
        session = self.new_session_id()
        self.sessions[session] = g.caller.subject
        return _json(body, {SESSION: session}, result=result)

    def call_tool(self, body: dict[str, Any]) -> Response:
        """What the tool says, as a stream of one event; it does nothing for who lacks its scope."""
        params = _table(body, "params")
        name, arguments = params.get("name"), _table(params, "arguments")
        if name not in TOOLS:
            return _json(body, error={"code": -32602, "message": "Unknown tool"})
        if not self.may_call(name):
            return self.denied(name, body)
        if name == "add_note":
            self.store.create(str(arguments.get("text")), "notes", "1", {})
        text = f"{len(self.store.all())} notes"
        return _event(body, {"content": [{"type": "text", "text": text}], "isError": False})

    def may_call(self, name: str) -> bool:
        """Whether the caller has the tool's own scope."""
        caller: Caller = g.caller
        return not TOOLS[name] or TOOLS[name] in caller.permissions

    def denied(self, name: str, body: dict[str, Any]) -> Response:
        """Raises `PermissionDenied` with all that the call needs."""
        raise PermissionDenied(f"{READ} {TOOLS[name]}")

    def listen(self, body: Any, resource: Any) -> Response:
        """A stream of what the server has to say by itself, which is nothing: it may end it at any time."""
        return Response(": nothing to say\n\n", 200, mimetype="text/event-stream")

    def end_session(self, body: Any, resource: Any) -> Response:
        """204; whoever names no session ends none."""
        if (session := request.headers.get(SESSION)) is None:
            raise RequestError(400, "bad_request", f"{SESSION} is missing")
        self.sessions.pop(session, None)
        return Response(status=204)


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _listed() -> list[dict[str, Any]]:
    return [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS]


def _json(asked: dict[str, Any], headers: dict[str, str] | None = None, **said: Any) -> Response:
    return json_reply(200, {"jsonrpc": "2.0", "id": asked["id"], **said}, headers)


def _event(asked: dict[str, Any], result: Any) -> Response:
    message = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result})
    return Response(f"event: message\ndata: {message}\n\n", 200, mimetype="text/event-stream")
