#!/usr/bin/env bash
# FastMCP's JWTVerifier with required_scopes, and a good token that lacks one of them.
#
# One would guess: 403 with insufficient_scope and the scope that is needed, as RFC 6750 §3.1 has it and MCP 2025-11-25 (Authorization,
# Error Handling and Runtime Insufficient Scope Errors), so that a client asks the user for that scope.
# What happens: the token counts as invalid. The answer is 401 with invalid_token, and its text advises to clear the stored tokens and to
# register anew. A client that does so comes back with the same scope, and is told the same.
#
# For a profile of this project: nothing; true findings of mcp-scope-403 and mcp-scope-challenge.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check fastmcp==4.1.6 mcp==2.3.0
"$folder/venv/bin/python" -W ignore - <<'PYTHON' 2>"$folder/log" | tee "$folder/seen" || { cat "$folder/log" >&2; exit 1; }
import asyncio
import importlib.metadata

import httpx2
from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier, RSAKeyPair

ISSUER, SERVER = "https://as.example/tenant", "http://localhost:8000"
key = RSAKeyPair.generate()
verifier = JWTVerifier(public_key=key.public_key, issuer=ISSUER, audience=f"{SERVER}/mcp", required_scopes=["notes:read"])
auth = RemoteAuthProvider(token_verifier=verifier, authorization_servers=[ISSUER], base_url=SERVER)
app = FastMCP("Notes", auth=auth).http_app()
message = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}},
}


async def main():
    print("fastmcp", importlib.metadata.version("fastmcp"), "mcp", importlib.metadata.version("mcp"))
    async with app.router.lifespan_context(app):
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=SERVER) as client:
            for what, scopes in (("with the scope", ["notes:read"]), ("without it", ["notes:other"])):
                token = key.create_token(issuer=ISSUER, audience=f"{SERVER}/mcp", scopes=scopes)
                headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
                answer = await client.post("/mcp", json=message, headers=headers)
                print(f"{what}: {answer.status_code} {answer.headers.get('www-authenticate', '')}")


asyncio.run(main())
PYTHON
[[ $(grep -c '^with the scope: 200 ' "$folder/seen") == 1 && $(grep -c '^without it: 401 .*error="invalid_token"' "$folder/seen") == 1 ]] ||
  { echo "the behaviour has changed"; exit 1; }
