#!/usr/bin/env bash
# express-oauth2-jwt-bearer as its README sets it up, and a good token that stands in the URL.
#
# One would guess: the Authorization header and nothing else. RFC 6750 §2.1 is the way that each resource server must have, §2.3 has a
# token in the query only where a header can't be sent, since URLs are kept in logs and histories; the README and the types of this
# package speak of no other place than the header, and no option has to do with it.
# What happens: ?access_token=... is taken from every request, whatever its method, and so is the member access_token of a form, once
# a parser of forms stands before. express-jwt 8.5.1 looks at the header unless it is given a getToken, and answers 401 to both.
#
# For a profile of this project: token_in_query = true, and token_in_form = true where express.urlencoded() comes first. A service that
# doesn't want it takes the member out of req.query before auth(), or refuses the request.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 express@5.3.0 express-oauth2-jwt-bearer@1.10.0 express-jwt@8.5.1 jwks-rsa@4.1.0
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { auth } from 'express-oauth2-jwt-bearer'
import * as jose from 'jose'
import jwksRsa from 'jwks-rsa'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', done))
const provider = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ issuer, jwks_uri: jwksUri, keys: [key] }))
})
await listening(provider)
const issuer = `http://127.0.0.1:${provider.address().port}`
const jwksUri = `${issuer}/jwks`
const audience = 'api'
const token = await new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256', kid: 'one' })
  .setIssuer(issuer).setAudience(audience).setIssuedAt().setExpirationTime('5m').sign(privateKey)
const form = new URLSearchParams({ access_token: token })
const requests = {
  'GET, header': ['', { headers: { Authorization: `Bearer ${token}` } }],
  'GET, query': [`?${form}`, {}],
  'DELETE, query': [`?${form}`, { method: 'DELETE' }],
  'POST, form': ['', { method: 'POST', body: form }]
}
const services = {
  'express-oauth2-jwt-bearer': auth({ issuerBaseURL: issuer, audience }),
  'express-jwt': expressjwt({ secret: jwksRsa.expressJwtSecret({ jwksUri }), issuer, audience, algorithms: ['RS256'] })
}
for (const [name, verify] of Object.entries(services)) {
  const app = express().use(express.urlencoded()).use(verify).use((_, answer) => answer.send('in'))
  app.use((error, _, answer, next) => answer.status(error.status ?? 500).send(error.name))
  const server = http.createServer(app)
  await listening(server)
  console.log(name, version(name))
  for (const [what, [query, request]] of Object.entries(requests)) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/${query}`, request)
    console.log(`  ${name}, ${what}: ${answer.status} ${await answer.text()}`)
  }
  server.close()
  server.closeAllConnections()
}
provider.close()
provider.closeAllConnections()
JS
node try.js | tee seen
[[ $(grep -c ' express-oauth2-jwt-bearer, .*: 200 in' seen) == 4 && $(grep -c ' express-jwt, .*: 401 UnauthorizedError' seen) == 3 ]] &&
  grep -q ' express-jwt, GET, header: 200 in' seen || { echo "the behaviour has changed"; exit 1; }
