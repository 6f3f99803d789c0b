#!/usr/bin/env bash
# @hapi/jwt, and a provider whose keys don't say what they are for.
#
# One would guess: use is optional in a JWK (RFC 7517 section 4.2), and a key without it, or with `"key_ops": ["verify"]` in its
# place, verifies tokens; and that a key set without a usable key makes tokens refused until it has one.
# What happens: only entries with `"use": "sig"` are keys. A set without one is an error at the start: the server does not start,
# with the message that the answer contained no valid keys; neither does it while the provider is down. And a token without
# kid is answered "Missing authentication", as if the request had no token, also where one key is published.
#
# In the scenarios of this project that is jwks-document/entries and rotation/start-up.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Node.js 20 or newer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund @hapi/hapi@21.4.10 @hapi/jwt@3.2.4 jose@6.2.18
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import Hapi from '@hapi/hapi'
import Jwt from '@hapi/jwt'
import * as jose from 'jose'

console.log(`@hapi/jwt ${JSON.parse(fs.readFileSync('node_modules/@hapi/jwt/package.json')).version}`)
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const bare = { ...(await jose.exportJWK(publicKey)), kid: 'one', alg: 'RS256' }
let keys
const provider = http.createServer((_, answer) => {
  answer.statusCode = keys === undefined ? 503 : 200
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ keys }))
})
await new Promise((listening) => provider.listen(0, '127.0.0.1', listening))
const uri = `http://127.0.0.1:${provider.address().port}/`
const sign = (header) => new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256', ...header })
  .setIssuer('https://idp.test/').setAudience('api').setIssuedAt().setExpirationTime('5m').sign(privateKey)

async function ask(header) {
  const server = Hapi.server()
  await server.register(Jwt)
  server.auth.strategy('provider', 'jwt', {
    keys: { uri, algorithms: ['RS256'] },
    verify: { iss: 'https://idp.test/', aud: 'api', sub: false },
    validate: () => ({ isValid: true, credentials: {} })
  })
  server.route({ method: 'GET', path: '/', options: { auth: 'provider' }, handler: () => ({ message: 'in' }) })
  try {
    await server.initialize()
  } catch (error) {
    return `does not start: ${error.message}`
  }
  const answer = await server.inject({ url: '/', headers: { authorization: `Bearer ${await sign(header)}` } })
  await server.stop()
  return `${answer.statusCode}, ${JSON.parse(answer.payload).message}`
}

for (const [words, published, header] of [
  ['use sig', [{ ...bare, use: 'sig' }], { kid: 'one' }],
  ['no use', [bare], { kid: 'one' }],
  ['key_ops verify', [{ ...bare, key_ops: ['verify'] }], { kid: 'one' }],
  ['the provider is down', undefined, { kid: 'one' }],
  ['use sig, a token without kid', [{ ...bare, use: 'sig' }], {}]
]) {
  keys = published
  console.log(`${words}: ${await ask(header)}`)
}
provider.close()
provider.closeAllConnections()
JS
node try.js | tee seen
grep -q '^use sig: 200, in$' seen && grep -q '^no use: does not start: ' seen && grep -q '^key_ops verify: does not start: ' seen &&
  grep -q '^the provider is down: does not start: ' seen && grep -q '^use sig, a token without kid: 401, Missing authentication$' seen ||
  { echo "the behaviour has changed"; exit 1; }
