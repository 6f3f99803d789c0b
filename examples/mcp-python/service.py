"""Notes over MCP: the Python SDK as a resource server, with a TokenVerifier of PyJWT and its PyJWKClient.

Where the key set is, whose tokens count and for whom they are comes from the command line; scopes are in `scope`.
"""

from __future__ import annotations

import argparse

import anyio
import jwt
import uvicorn
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl


class Verifier(TokenVerifier):
    """Verifies tokens of one issuer for one audience."""

    def __init__(self, jwks_url: str, issuer: str, audience: str) -> None:
        self.keys = jwt.PyJWKClient(jwks_url)
        self.issuer, self.audience = issuer, audience

    async def verify_token(self, token: str) -> AccessToken | None:
        """What is known of the caller; None for a token that is refused."""
        return await anyio.to_thread.run_sync(self._verify, token)  # PyJWKClient waits for the keys where it is called.

    def _verify(self, token: str) -> AccessToken | None:
        try:
            claims = jwt.decode(
                token,
                self.keys.get_signing_key_from_jwt(token),
                algorithms=["RS256"],
                issuer=self.issuer,
                audience=self.audience,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            return None
        scope = claims.get("scope", "")
        return AccessToken(
            token=token,
            client_id=str(claims.get("client_id", "")),
            scopes=scope.split(" ") if isinstance(scope, str) else [],
            expires_at=int(claims["exp"]),
            resource=self.audience,
            subject=claims["sub"],  # Without it a session is good for whoever names it.
            claims=claims,
        )


def server(jwks_url: str, issuer: str, audience: str) -> MCPServer:
    """The server; its audience is its address."""
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(issuer), resource_server_url=AnyHttpUrl(audience), required_scopes=["notes:read"]
    )
    mcp = MCPServer("Notes", token_verifier=Verifier(jwks_url, issuer, audience), auth=auth)

    @mcp.tool()
    def list_notes() -> list[str]:
        """All notes."""
        return ["one"]

    return mcp


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser()
    for name in ("--port", "--jwks-url", "--issuer", "--audience"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    app = server(args.jwks_url, args.issuer, args.audience).streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=int(args.port), log_level="warning")


if __name__ == "__main__":
    main()
