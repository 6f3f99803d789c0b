#!/usr/bin/env bash
# okta-auth-js as a client without a secret, and the authorization server that it asks to revoke a token.
#
# One would guess: it names itself as it does at the token endpoint, by `client_id` in the form (RFC 7009 section 2.1, RFC 6749 section 2.3.1).
# What happens: `revokeAccessToken()`, with which each `signOut()` begins, sends `Authorization: Basic` with its id alone. Basic
# credentials are an id, a colon and a password (RFC 7617 section 2), here there is no colon, and no `client_id` in the form either. A
# server that reads them as they are defined doesn't know who asks, refuses, and the promise is rejected.
#
# In an authorization server, or a stand-in for Okta: take such credentials for a public client's name at the revocation, and for nothing else.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Node.js 20 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @okta/okta-auth-js@8.0.1
cat >try.js <<'JS'
const fs = require('node:fs')
const http = require('node:http')
const { OktaAuth } = require('@okta/okta-auth-js')

console.log(`okta-auth-js ${JSON.parse(fs.readFileSync('node_modules/@okta/okta-auth-js/package.json')).version}`)
const server = http.createServer((request, answer) => {
  let body = ''
  request.on('data', (piece) => { body += piece }).on('end', () => {
    const [scheme, credentials] = (request.headers.authorization ?? ' ').split(' ')
    const read = Buffer.from(credentials, 'base64').toString()
    console.log(`${request.url}: ${scheme} holds "${read}", the form ${[...new URLSearchParams(body).keys()].join(', ')}`)
    answer.writeHead(read.includes(':') ? 200 : 401, { 'Content-Type': 'application/json' })
    answer.end(read.includes(':') ? '' : '{"error": "invalid_client"}')
  })
})
server.listen(0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const okta = new OktaAuth({ issuer, clientId: 'spa', redirectUri: 'http://localhost/', revokeUrl: `${issuer}/revoke` })
  const token = { accessToken: 'token', claims: {}, expiresAt: 9e9, tokenType: 'Bearer', scopes: [] }
  const end = await okta.revokeAccessToken(token).then(() => 'revoked', (error) => `rejected: ${error.name}, ${error.xhr?.status}`)
  console.log(end)
  server.close()
  server.closeAllConnections()
})
JS
node try.js | tee seen
grep -q '^/revoke: Basic holds "spa", the form token_type_hint, token$' seen && grep -q '^rejected' seen ||
  { echo "the behaviour has changed"; exit 1; }
