"""A small MCP server that is protected as the protocol says, for clients: Streamable HTTP, stateless, JSON answers.

It verifies with PyJWT: signature by the JWKS of the one authorization server it names, issuer, audience, scope.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import jwt
import requests

# Tool to the scope that it needs.
TOOLS = {"list_notes": "notes:list", "write_note": "notes:write"}
_METADATA = "/.well-known/oauth-protected-resource/mcp"
_METHOD_NOT_FOUND = -32601


class ProtectedServer:
    """The server at `url`, for the length of a `with` block.

    `asked` are the methods it was asked with a good token, `tokens` the claims of these tokens; one in `refused` is no
    longer good.
    """

    def __init__(self, issuer: str, jwks_uri: str) -> None:
        self._issuer = issuer
        self._jwks_uri = jwks_uri
        self._keys: dict[str, jwt.PyJWK] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.owner = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.base = f"http://localhost:{self._server.server_port}"
        self.url = f"{self.base}/mcp"
        self.asked: list[str] = []
        self.tokens: list[dict[str, Any]] = []
        self.refused: set[str] = set()

    def __enter__(self) -> ProtectedServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def refuse_last(self) -> None:
        """From now on the last token is as good as expired."""
        self.refused.add(self.tokens[-1]["jti"])

    @property
    def metadata(self) -> dict[str, Any]:
        """RFC 9728 section 2."""
        return {"resource": self.url, "authorization_servers": [self._issuer], "bearer_methods_supported": ["header"]}

    def challenge(self, **more: str) -> str:
        """RFC 6750 section 3, RFC 9728 section 5.1."""
        parts = {**more, "resource_metadata": self.base + _METADATA}
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parts.items())

    def claims(self, authorization: str) -> dict[str, Any] | None:
        """The claims of a token that is good here."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            key = self._key(jwt.get_unverified_header(token)["kid"])
            claims = jwt.decode(token, key, algorithms=["ES256"], issuer=self._issuer, audience=self.url)
        except jwt.PyJWTError:
            return None
        return None if claims["jti"] in self.refused else dict(claims)

    def _key(self, kid: str) -> jwt.PyJWK:
        """PyJWT's own client waits before it looks for a key again that it doesn't know."""
        if kid not in self._keys:
            document = requests.get(self._jwks_uri, timeout=20).json()
            self._keys = {str(key.key_id): key for key in jwt.PyJWKSet.from_dict(document).keys}
        if kid not in self._keys:
            raise jwt.InvalidKeyError(kid)
        return self._keys[kid]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        owner: ProtectedServer = self.server.owner
        if self.path == _METADATA:
            self._send(200, owner.metadata)
        else:
            # No stream without a request.
            self._send(405 if self.path == "/mcp" else 404, None)

    def do_DELETE(self) -> None:
        self._send(405, None)

    def do_POST(self) -> None:
        owner: ProtectedServer = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/mcp":
            self._send(404, None)
            return
        authorization = self.headers.get("Authorization", "")
        claims = owner.claims(authorization)
        if claims is None:
            error = {"error": "invalid_token"} if authorization else {}
            self._send(401, None, owner.challenge(**error, scope="notes:list"))
            return
        message = json.loads(body)
        method, params = message.get("method", ""), message.get("params", {})
        needed = TOOLS.get(params.get("name", "")) if method == "tools/call" else None
        if needed is not None and needed not in claims.get("scope", "").split():
            self._send(403, None, owner.challenge(error="insufficient_scope", scope=needed))
            return
        owner.asked.append(params["name"] if needed else method)
        owner.tokens.append(claims)
        if "id" not in message:
            self._send(202, None)
            return
        self._send(200, {"jsonrpc": "2.0", "id": message["id"], **_answer(method, params)})

    def _send(self, status: int, document: Any, challenge: str | None = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        if challenge is not None:
            self.send_header("WWW-Authenticate", challenge)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize":
        about = {"name": "notes", "version": "1"}
        return {
            "result": {
                "protocolVersion": params["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": about,
            }
        }
    if method == "tools/list":
        return {"result": {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS]}}
    if method == "tools/call":
        return {"result": {"content": [{"type": "text", "text": params["name"]}]}}
    return {"error": {"code": _METHOD_NOT_FOUND, "message": "There is no such method."}}
