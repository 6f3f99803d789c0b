#!/usr/bin/env bash
# MCP's Python SDK and FastMCP, and an authorization server whose issuer is a host without a path.
#
# One would guess: the metadata of the protected resource name the issuer that was configured. Clients compare it character by
# character with the issuer in the authorization server's own metadata, and must not use these when it differs (RFC 8414 §3.3).
# What happens: both documentations write the issuer as AnyHttpUrl("https://as.example"), and pydantic ends a host with a slash. The metadata
# name "https://as.example/", which is the identifier of nobody. With a path in it the issuer stays as it is, and as a plain text, too.
#
# For a profile of this project: nothing; a true finding of mcp-metadata-issuer where the mock's issuer has no path (mount = "root").
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check fastmcp==4.1.6 mcp==2.3.0 pydantic==2.14.4
"$folder/venv/bin/python" -W ignore - <<'PYTHON' 2>"$folder/log" | tee "$folder/seen" || { cat "$folder/log" >&2; exit 1; }
import asyncio
import importlib.metadata

import httpx2
from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl

SERVER = "http://localhost:8000"


class Nobody:
    async def verify_token(self, token):
        return None


def fastmcp(issuer):
    verifier = JWTVerifier(jwks_uri="https://as.example/keys", issuer=str(issuer), audience=f"{SERVER}/mcp")
    auth = RemoteAuthProvider(token_verifier=verifier, authorization_servers=[issuer], base_url=SERVER)
    return FastMCP("Notes", auth=auth).http_app()


def mcp(issuer):
    auth = AuthSettings(issuer_url=issuer, resource_server_url=f"{SERVER}/mcp")
    return MCPServer("Notes", token_verifier=Nobody(), auth=auth).streamable_http_app()


async def main():
    for make in (mcp, fastmcp):
        print(make.__name__, importlib.metadata.version(make.__name__))
        for issuer in (AnyHttpUrl("https://as.example"), AnyHttpUrl("https://as.example/tenant"), "https://as.example"):
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(make(issuer)), base_url=SERVER) as client:
                metadata = (await client.get("/.well-known/oauth-protected-resource/mcp")).json()
            print(f"  {type(issuer).__name__}: {metadata['authorization_servers']}")


asyncio.run(main())
PYTHON
named() { sed -n "/^$1 /,/^[a-z]/p" "$folder/seen" | sed -n "s/^  .*: \['\(.*\)'\]$/\1/p" | paste -sd' ' -; }
wanted="https://as.example/ https://as.example/tenant https://as.example"
[[ $(named mcp) == "$wanted" && $(named fastmcp) == "$wanted" ]] || { echo "the behaviour has changed"; exit 1; }
