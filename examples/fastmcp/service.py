"""Notes over MCP: FastMCP with JWTVerifier and RemoteAuthProvider, as its pages on authentication show them.

Where the key set is, whose tokens count and for whom they are comes from the command line; scopes are in `scope`.
"""

from __future__ import annotations

import argparse
from urllib.parse import urlsplit

from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from pydantic import AnyHttpUrl


def server(jwks_url: str, issuer: str, audience: str) -> FastMCP:
    """The server; its audience is its address, `/mcp` on some host."""
    verifier = JWTVerifier(jwks_uri=jwks_url, issuer=issuer, audience=audience, required_scopes=["notes:read"])
    host = urlsplit(audience)
    auth = RemoteAuthProvider(
        token_verifier=verifier,
        authorization_servers=[AnyHttpUrl(issuer)],
        base_url=f"{host.scheme}://{host.netloc}",
    )
    mcp = FastMCP("Notes", auth=auth)

    @mcp.tool
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
    mcp = server(args.jwks_url, args.issuer, args.audience)
    mcp.run(
        transport="http",
        host="127.0.0.1",
        port=int(args.port),
        host_origin_protection="auto",  # Of itself it looks at neither Host nor Origin.
        show_banner=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
