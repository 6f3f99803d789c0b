#!/usr/bin/env bash
# Hono's jwk middleware, and access tokens as RFC 9068 has them.
#
# One would guess: a token that its README's example takes is taken as well when the provider puts typ at+jwt into the header, as
# RFC 9068 §2.1 demands of an access token; jose, jsonwebtoken, PyJWT and express-oauth2-jwt-bearer take both.
# What happens: without the option verification.typ only typ JWT, or none, is taken, and at+jwt is answered 401.
# With typ: 'at+jwt' the plain JWT is refused, and so is a token without typ; typ: ['at+jwt', 'JWT'] takes both and not that without.
# Beside that no clock skew is forgiven, in no option: a token whose iat lies ahead is refused, as one whose nbf does.
# A key set that can't be had is no 401: the error goes on to the app, which answers 500.
#
# For a profile of this project: at_jwt_accepted = false without the option, iat_in_future_refused = true, leeway_seconds = 0.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund hono@4.13.19 jose@6.2.18
cat >try.js <<'JS'
import http from 'node:http'
import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import * as jose from 'jose'

const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const keys = [{ ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }]
let status = 200
const server = http.createServer((_, answer) => {
  answer.writeHead(status, { 'Content-Type': 'application/json' })
  answer.end(JSON.stringify({ keys }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const jwks_uri = `http://127.0.0.1:${server.address().port}/jwks`
const now = Math.floor(Date.now() / 1000)
const token = (typ, claims = {}) =>
  new jose.SignJWT({ iss: 'https://idp.test', aud: 'api', sub: 'somebody', exp: now + 300, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', ...(typ && { typ }) }).sign(privateKey)
const app = (typ) => {
  const made = new Hono()
  made.onError((error, c) => error.getResponse ? error.getResponse() : c.text(error.message, 500))
  made.use('/*', jwk({ jwks_uri, alg: ['RS256'], verification: { iss: 'https://idp.test', aud: 'api', ...(typ && { typ }) } }))
  return made.get('/', (c) => c.text('let in'))
}
const ask = async (typ, sent) =>
  (await app(typ).request('/', { headers: { Authorization: `Bearer ${await sent}` } })).status
for (const wanted of [undefined, 'at+jwt', ['at+jwt', 'JWT']]) {
  const answers = []
  for (const sent of ['JWT', 'at+jwt', undefined]) answers.push(`${sent ?? 'none'} ${await ask(wanted, token(sent))}`)
  console.log(`verification.typ ${JSON.stringify(wanted) ?? 'absent'}: ${answers.join(', ')}`)
}
// Further ahead than the seconds that this script may take.
console.log(`iat ahead: ${await ask(undefined, token('JWT', { iat: now + 60 }))}`)
console.log(`nbf ahead: ${await ask(undefined, token('JWT', { nbf: now + 60 }))}`)
status = 503
console.log(`key set answered 503: ${await ask(undefined, token('JWT'))}`)
server.close()
server.closeAllConnections()
JS
node try.js 2>log | tee seen || { cat log >&2; exit 1; }
printf '%s\n' 'verification.typ absent: JWT 200, at+jwt 401, none 200' \
  'verification.typ "at+jwt": JWT 401, at+jwt 200, none 401' \
  'verification.typ ["at+jwt","JWT"]: JWT 200, at+jwt 200, none 401' \
  'iat ahead: 401' 'nbf ahead: 401' 'key set answered 503: 500' | cmp -s - seen ||
  { echo "the behaviour has changed"; exit 1; }
