#!/usr/bin/env bash
# MCP's Python and TypeScript SDKs, and a request without a token: what every client sends first.
#
# One would guess: a challenge without an error, for RFC 6750 §3.1 wants none where a request lacks any authentication information. So a
# client, and who reads its log, tells "log in" from "your token is bad".
# What happens: both say error="invalid_token", word for word as to a token that they have refused but for the description. FastMCP, which
# is built on the former, says none.
#
# For a profile of this project: nothing; a true finding of transport/challenge, tr-challenge-no-error.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Node 20 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check mcp==2.3.0
echo '{"private": true, "type": "module"}' >package.json
npm install --no-audit --no-fund --ignore-scripts --silent @modelcontextprotocol/sdk@1.32.2
cat >show.mjs <<'END'
import { readFileSync } from 'node:fs';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';

const verifyAccessToken = async () => {
  throw new InvalidTokenError('Expired');
};
const app = createMcpExpressApp();
app.post('/mcp', requireBearerAuth({ verifier: { verifyAccessToken } }));
const server = app.listen(0, '127.0.0.1', async () => {
  const { version } = JSON.parse(readFileSync('node_modules/@modelcontextprotocol/sdk/package.json'));
  console.log(`@modelcontextprotocol/sdk ${version}`);
  for (const [what, headers] of [['no token', {}], ['a bad one', { Authorization: 'Bearer old' }]]) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/mcp`, { method: 'POST', headers });
    console.log(`  ${what}: ${answer.status} ${answer.headers.get('www-authenticate')}`);
  }
  server.close();
});
END
cat >show.py <<'END'
import asyncio
import importlib.metadata

import httpx2
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

SERVER = "http://localhost:8000"


class Nobody:
    async def verify_token(self, token):
        return None


async def main():
    auth = AuthSettings(issuer_url="https://as.example/tenant", resource_server_url=f"{SERVER}/mcp")
    app = MCPServer("Notes", token_verifier=Nobody(), auth=auth).streamable_http_app()
    print("mcp", importlib.metadata.version("mcp"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=SERVER) as client:
        for what, headers in (("no token", {}), ("a bad one", {"Authorization": "Bearer old"})):
            answer = await client.post("/mcp", headers=headers)
            print(f"  {what}: {answer.status_code} {answer.headers['www-authenticate']}")


asyncio.run(main())
END
{ venv/bin/python -W ignore show.py; node show.mjs; } 2>log | tee seen || { cat log >&2; exit 1; }
[[ $(grep -c '^  no token: 401 Bearer error="invalid_token"' seen) == 2 && $(grep -c '^  a bad one: 401 Bearer error="invalid_token"' seen) == 2 ]] ||
  { echo "the behaviour has changed"; exit 1; }
