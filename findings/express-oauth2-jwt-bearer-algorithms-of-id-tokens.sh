#!/usr/bin/env bash
# express-oauth2-jwt-bearer with discovery, and a provider that signs ID tokens with another algorithm than access tokens.
#
# One would guess: the metadata's id_token_signing_alg_values_supported says nothing about access tokens. OpenID Connect Discovery §3
# has in it "the JWS signing algorithms supported by the OP for the ID Token"; RFC 8414 and RFC 9068 have no such list for access
# tokens, whose key is in the key set with its algorithm.
# What happens: with issuerBaseURL that list is the one of the algorithms that an access token may have. A good ES256 token is refused
# with "Unexpected 'alg' value" while the metadata names RS256 alone, and accepted with the same key set by jwksUri and issuer, or
# once the metadata names ES256 or has no such list. tokenSigningAlg doesn't help: both must agree. A provider that stops to sign
# ID tokens with an algorithm, or moves access tokens to another one first, shuts its callers out.
#
# For a provider under test: give the metadata that member when the services use this package; without it every asymmetric
# algorithm of a published key is taken.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 express@5.3.0 express-oauth2-jwt-bearer@1.10.0
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import * as jose from 'jose'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('ES256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }
const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', done))
let list
const provider = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  const metadata = { issuer, jwks_uri: jwksUri, id_token_signing_alg_values_supported: list }
  answer.end(JSON.stringify({ ...metadata, keys: [key] }))
})
await listening(provider)
const issuer = `http://127.0.0.1:${provider.address().port}`
const jwksUri = `${issuer}/jwks`
const audience = 'api'
const token = await new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
  .setIssuer(issuer).setAudience(audience).setIssuedAt().setExpirationTime('5m').sign(privateKey)
const found = { issuerBaseURL: issuer, audience }
const cases = [
  ['discovery, RS256', found, ['RS256']],
  ['discovery and tokenSigningAlg, RS256', { ...found, tokenSigningAlg: 'ES256' }, ['RS256']],
  ['discovery, RS256 and ES256', found, ['RS256', 'ES256']],
  ['discovery, no list', found, undefined],
  ['jwksUri, RS256', { jwksUri, issuer, audience }, ['RS256']]
]
console.log('express-oauth2-jwt-bearer', version('express-oauth2-jwt-bearer'))
for (const [what, options, said] of cases) {
  list = said
  const app = express().use(auth(options)).get('/', (_, answer) => answer.send('in'))
  app.use((error, _, answer, next) => answer.status(error.status ?? 500).send(error.message))
  const server = http.createServer(app)
  await listening(server)
  const headers = { Authorization: `Bearer ${token}`, Connection: 'close' }
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers })
  console.log(`  ${what}: ${answer.status} ${await answer.text()}`)
  server.close()
}
provider.close()
provider.closeAllConnections()
JS
node try.js | tee seen
[[ $(grep -c "discovery.*, RS256: 401 Unexpected 'alg' value" seen) == 2 ]] &&
  grep -q 'discovery, RS256 and ES256: 200 in' seen && grep -q 'discovery, no list: 200 in' seen &&
  grep -q 'jwksUri, RS256: 200 in' seen || { echo "the behaviour has changed"; exit 1; }
