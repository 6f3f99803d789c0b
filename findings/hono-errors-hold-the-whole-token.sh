#!/usr/bin/env bash
# Hono's jwk middleware, and what an error handler of the app is given.
#
# One would guess: the cause of a refusal says what was wrong with the token, and can be logged, as one does with errors.
# What happens: for a token that has expired, or whose key isn't published, the message of the cause holds the whole token. A client that uses a token for a minute too long, or a service that doesn't know a key that was
# published a moment ago, puts good tokens into the log, which is readable by more people than the service's users.
# For another audience the message names the two audiences and nothing else.
#
# In a service: log the name of the cause, never its message. `idp-harness run leakage` asks whether a log has parts of tokens.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Node.js 20 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund hono@4.13.19 jose@6.2.18
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import * as jose from 'jose'

console.log(`hono ${JSON.parse(fs.readFileSync('node_modules/hono/package.json')).version}`)
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
const server = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ keys: [key] }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const app = new Hono()
const uri = `http://127.0.0.1:${server.address().port}/`
app.use('*', jwk({ jwks_uri: uri, alg: ['RS256'], verification: { iss: 'https://idp.test/', aud: 'api' } }))
app.get('/', (c) => c.text('in'))
let seen
app.onError((error) => {
  seen = error.cause
  return error.getResponse()
})
const now = Math.floor(Date.now() / 1000)
const sign = (kid, audience, expires) => new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256', kid })
  .setIssuer('https://idp.test/').setAudience(audience).setIssuedAt(now - 600).setExpirationTime(expires).sign(privateKey)
for (const [words, kid, audience, expires] of [
  ['good', 'one', 'api', now + 300], ['expired', 'one', 'api', now - 60], ['key not published yet', 'two', 'api', now + 300],
  ['other audience', 'one', 'other', now + 300]
]) {
  const token = await sign(kid, audience, expires)
  seen = undefined
  const { status } = await app.request('/', { headers: { Authorization: `Bearer ${token}` } })
  const message = seen === undefined ? '-' : `${seen.name}: ${seen.message.replace(token, '<the whole token>')}`
  console.log(`${words}: ${status}, cause ${message}`)
}
server.close()
server.closeAllConnections()
JS
node try.js | tee seen
grep -q '^good: 200, ' seen && grep -q '^expired: 401, .*<the whole token>' seen &&
  grep -q '^key not published yet: 401, .*<the whole token>' seen && grep -q '^other audience: 401, ' seen &&
  [ "$(grep -c 'the whole token' seen)" = 2 ] ||
  { echo "the behaviour has changed"; exit 1; }
