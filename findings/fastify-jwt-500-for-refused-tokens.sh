#!/usr/bin/env bash
# @fastify/jwt with get-jwks as get-jwks' README sets them up, and tokens that it refuses.
#
# One would guess: 401 for whatever is wrong with the token: that README promises "an authentication error" for any token that isn't
# valid, and RFC 6750 §3.1 has 401 for one that is "expired, revoked, malformed, or invalid for other reasons".
# What happens: @fastify/jwt makes 401 of six errors of fast-jwt's verifier, such as an expired token and a wrong signature. All others are
# passed on without a status, which Fastify answers with 500: a token that isn't valid yet, one whose algorithm isn't among those of
# the options, one whose aud isn't a text. What get-jwks throws, too: a kid that isn't published, an issuer that isn't on its list,
# and with it a caller's own mistake, or an old token after a rotation, looks like a fault of the service, and can be had by
# anybody who wants to fill its alarms. Nobody gets a WWW-Authenticate, which RFC 9110 §15.5.2 wants with each 401.
#
# A service that wants 401 sets an error handler, or statusCode in a catch of jwtVerify, for names that begin with FAST_JWT_ and for
# GetJwksError with the codes JWK_NOT_FOUND and DOMAIN_NOT_ALLOWED; its other codes are outages.
# In the scenarios of this project each of these refusals fails: a 5xx says nothing about the caller.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 get-jwks@11.0.3 fastify@5.12.8 @fastify/jwt@10.2.8
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true })
const another = (await jose.generateKeyPair('RS256')).privateKey
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig' }
const provider = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ keys: [key] }))
})
await new Promise((listening) => provider.listen(0, '127.0.0.1', listening))
const issuer = `http://127.0.0.1:${provider.address().port}/`

const getJwks = buildGetJwks({ issuersWhitelist: [issuer] })
const fastify = Fastify()
fastify.register(fastifyJwt, {
  decode: { complete: true },
  secret: (request, token, callback) => {
    const { header: { kid, alg }, payload: { iss } } = token
    getJwks.getPublicKey({ kid, domain: iss, alg }).then((publicKey) => callback(null, publicKey), callback)
  },
  verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: 'api' }
})
fastify.addHook('onRequest', (request) => request.jwtVerify())
fastify.get('/', async () => 'in')

const now = Math.floor(Date.now() / 1000)
const ps256 = await jose.importPKCS8(await jose.exportPKCS8(privateKey), 'PS256')
function token({ header = {}, signer = privateKey, ...claims }) {
  const all = { iss: issuer, aud: 'api', sub: 'somebody', iat: now, exp: now + 300, ...claims }
  return new jose.SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(signer)
}
const requests = {
  'a good token': {},
  'no token': undefined,
  expired: { exp: now - 60 },
  'another key': { signer: another },
  'another audience': { aud: 'another' },
  'not valid yet': { nbf: now + 60 },
  'an algorithm not in the options': { header: { alg: 'PS256' }, signer: ps256 },
  'aud is a number': { aud: 5 },
  'a kid that is not published': { header: { kid: 'two' } },
  'another issuer': { iss: 'https://another.test/' }
}
console.log(`@fastify/jwt ${version('@fastify/jwt')}, get-jwks ${version('get-jwks')}`)
for (const [what, changes] of Object.entries(requests)) {
  const headers = changes ? { authorization: `Bearer ${await token(changes)}` } : {}
  const answer = await fastify.inject({ url: '/', headers })
  console.log(`${what}: ${answer.statusCode}, WWW-Authenticate: ${answer.headers['www-authenticate'] ?? 'none'}; ${answer.body}`)
}
await fastify.close()
provider.close()
provider.closeAllConnections()
JS
node try.js | tee seen
saw() { sed -n "s/^\(.*\): $1, WWW-Authenticate: none;.*/\1/p" seen | paste -sd, -; }
[[ $(saw 200) == "a good token" && $(saw 401) == "no token,expired,another key,another audience" &&
  $(saw 500) == "not valid yet,an algorithm not in the options,aud is a number,a kid that is not published,another issuer" ]] ||
  { echo "the behaviour has changed"; exit 1; }
