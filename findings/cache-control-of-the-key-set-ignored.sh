#!/usr/bin/env bash
# How often a key set is fetched that says Cache-Control: public, max-age=20, over a year of good tokens of one key.
#
# One would guess: a key set is read again when it is too old by its own header, as browsers and proxies do (RFC 9111 §4.2),
# or every few minutes. A provider that wants its rotations seen sets the header, and Google's documents tell readers to go by
# it.
# What happens: none of these five looks at it; each has an interval of its own. get-jwks: one minute. jose and jwks-rsa: ten
# minutes. @okta/jwt-verifier: an hour. aws-jwt-verify: never; as long as kids are known it doesn't ask again, not in a year,
# and what changed about a key shows when the process starts anew, or when another kid makes it fetch.
# The clocks of the process (Date.now and performance.now) are moved on; nothing waits.
#
# For a profile of this project: timed_refresh = false for aws-jwt-verify; `idp-harness measure` shows the intervals of a
# service.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jwks-rsa@4.1.0 get-jwks@11.0.3 aws-jwt-verify@5.2.1 @okta/jwt-verifier@4.0.2 \
  jsonwebtoken@9.0.3
cat >clock.js <<'JS'
let ahead = 0
for (const clock of [Date, performance]) {
  const real = clock.now.bind(clock)
  clock.now = () => real() + ahead
}
export const moveTo = (seconds) => { ahead = seconds * 1000 }
JS
cat >try.js <<'JS'
import { moveTo } from './clock.js'
import fs from 'node:fs'
import http from 'node:http'
import OktaJwtVerifier from '@okta/jwt-verifier'
import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
let fetches = 0
const server = http.createServer((_, answer) => {
  fetches += 1
  answer.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=20' })
  answer.end(JSON.stringify({ keys: [key] }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const origin = `http://127.0.0.1:${server.address().port}`
const issuer = `${origin}/oauth2/default`
const jwksUri = `${origin}/jwks`
const audience = 'api'
const now = () => Math.floor(Date.now() / 1000)

const keySet = jose.createRemoteJWKSet(new URL(jwksUri))
const rsaClient = jwksRsa({ jwksUri })
const getJwks = buildGetJwks({ jwksPath: '/jwks' })
// aws-jwt-verify's own fetcher insists on https; this is what it documents for another one.
const jwksCache = new SimpleJwksCache({ fetcher: { fetch: async (url) => (await fetch(url)).arrayBuffer() } })
const aws = JwtVerifier.create({ issuer, audience, jwksUri }, { jwksCache })
const okta = new OktaJwtVerifier({ issuer, jwksUri, testing: { disableHttpsCheck: true } })
const verify = (token, pem) => jsonwebtoken.verify(token, pem, { algorithms: ['RS256'], clockTimestamp: now() })
const verifiers = {
  'get-jwks': async (token) => verify(token, await getJwks.getPublicKey({ domain: origin, kid: 'one', alg: 'RS256' })),
  jose: (token) => jose.jwtVerify(token, keySet, { issuer, audience, currentDate: new Date(Date.now()) }),
  'jwks-rsa': async (token) => verify(token, (await rsaClient.getSigningKey('one')).getPublicKey()),
  '@okta/jwt-verifier': (token) => okta.verifyAccessToken(token, audience),
  'aws-jwt-verify': (token) => aws.verify(token)
}
const minute = 60
const hour = 60 * minute
const day = 24 * hour
const moments = { 'at once': 0, '30 s': 30, '2 min': 2 * minute, '5 min': 5 * minute, '20 min': 20 * minute,
  '2 h': 2 * hour, '30 days': 30 * day, '365 days': 365 * day }
for (const [name, use] of Object.entries(verifiers)) {
  const fetched = []
  for (const [after, seconds] of Object.entries(moments)) {
    moveTo(seconds)
    const before = fetches
    const token = await new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer).setAudience(audience).setIssuedAt(now()).setExpirationTime(now() + 300).sign(privateKey)
    await use(token)
    if (fetches > before) fetched.push(after)
  }
  console.log(`${name} ${version(name)}: all tokens accepted, fetched: ${fetched.join(', ')}`)
}
server.close()
server.closeAllConnections()
JS
node try.js 2>log | tee seen || { cat log >&2; exit 1; }
fetched() { sed -n "s|^$1 [0-9.]*: all tokens accepted, fetched: ||p" seen; }
[[ $(fetched get-jwks) == "at once, 2 min, 5 min, 20 min, 2 h, 30 days, 365 days" &&
  $(fetched jose) == "at once, 20 min, 2 h, 30 days, 365 days" && $(fetched jwks-rsa) == "$(fetched jose)" &&
  $(fetched @okta/jwt-verifier) == "at once, 2 h, 30 days, 365 days" && $(fetched aws-jwt-verify) == "at once" ]] ||
  { echo "the behaviour has changed"; exit 1; }
