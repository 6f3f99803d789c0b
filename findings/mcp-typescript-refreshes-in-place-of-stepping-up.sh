#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2: a client that has a refresh token never steps up.
#
# An MCP server answers a call for which the token has too little scope with 403, error="insufficient_scope" and the scope
# that is needed (MCP 2025-11-25, Scope Challenge Handling). The client is to ask for a token with that scope. With a refresh
# token at hand it uses that instead, which by RFC 6749 section 6 brings no more scope than there was, sends the call again, and
# ends with "Server returned 403 after trying upscoping": the user is never asked. Without a refresh token it does as it should.
# So an authorization server that hands out refresh tokens turns step-up off for this client.
#
# Shown with a server of a few lines that is resource and authorization server in one. Ends with 0 while this is so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --ignore-scripts --silent @modelcontextprotocol/sdk@1.32.2
cat > show.mjs <<'END'
import { createServer } from 'node:http';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

async function tried(withRefreshToken) {
  const asked = [];
  let base;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const send = (status, document, headers = {}) => {
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        response.end(document === undefined ? '' : JSON.stringify(document));
      };
      const url = new URL(request.url, base);
      if (url.pathname.startsWith('/.well-known/oauth-protected-resource')) {
        return send(200, { resource: `${base}/mcp`, authorization_servers: [base] });
      }
      if (url.pathname === '/.well-known/oauth-authorization-server') {
        return send(200, {
          issuer: base,
          authorization_endpoint: `${base}/authorize`,
          token_endpoint: `${base}/token`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
        });
      }
      if (url.pathname === '/authorize') {
        const scope = url.searchParams.get('scope');
        asked.push(`the user for ${scope}`);
        const back = new URL(url.searchParams.get('redirect_uri'));
        // The code says what was granted, and a token is its scope: this server is for one look only.
        back.searchParams.set('code', scope);
        return send(302, undefined, { Location: back.href });
      }
      if (url.pathname === '/token') {
        const form = new URLSearchParams(body);
        const scope = form.get('code') ?? form.get('refresh_token');
        asked.push(`${form.get('grant_type')} for ${scope}`);
        const token = { access_token: encodeURIComponent(scope), token_type: 'Bearer', expires_in: 3600, scope };
        return send(200, withRefreshToken ? { ...token, refresh_token: scope } : token);
      }
      if (request.method !== 'POST') return send(405);
      const challenge = (more) =>
        ({ 'WWW-Authenticate': `Bearer ${more}, resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"` });
      const given = request.headers.authorization;
      if (!given) return send(401, undefined, challenge('scope="read"'));
      const message = JSON.parse(body);
      if (message.method === 'tools/call' && !decodeURIComponent(given).includes('write')) {
        return send(403, undefined, challenge('error="insufficient_scope", scope="read write"'));
      }
      if (message.id === undefined) return send(202);
      const result = message.method === 'initialize'
        ? { protocolVersion: message.params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }
        : { content: [{ type: 'text', text: 'written' }] };
      send(200, { jsonrpc: '2.0', id: message.id, result });
    });
  });
  await new Promise((there) => server.listen(0, '127.0.0.1', there));
  base = `http://127.0.0.1:${server.address().port}`;

  let kept, verifier, code;
  const provider = {
    redirectUrl: 'http://127.0.0.1:3030/callback',
    clientMetadata: { redirect_uris: ['http://127.0.0.1:3030/callback'], token_endpoint_auth_method: 'none' },
    clientInformation: () => ({ client_id: 'app' }),
    tokens: () => kept,
    saveTokens: (tokens) => { kept = tokens; },
    saveCodeVerifier: (text) => { verifier = text; },
    codeVerifier: () => verifier,
    redirectToAuthorization: async (url) => {
      const answer = await fetch(url, { redirect: 'manual' });
      code = new URL(answer.headers.get('location')).searchParams.get('code');
    },
  };
  let transport;
  const withLogin = async (action) => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(code);
      return action();
    }
  };
  const client = await withLogin(async () => {
    transport = new StreamableHTTPClientTransport(new URL(`${base}/mcp`), { authProvider: provider });
    const made = new Client({ name: 'c', version: '1' });
    await made.connect(transport);
    return made;
  });
  const outcome = await withLogin(() => client.callTool({ name: 'write', arguments: {} })).then(
    (result) => result.content[0].text,
    (error) => error.message,
  );
  await client.close();
  server.close();
  server.closeAllConnections();
  console.log(`${withRefreshToken ? 'with' : 'without'} a refresh token: ${outcome}`);
  for (const one of asked) console.log(`  asked ${one}`);
  return outcome;
}

const without = await tried(false);
const withOne = await tried(true);
process.exit(without === 'written' && withOne.includes('after trying upscoping') ? 0 : 1);
END
node show.mjs
