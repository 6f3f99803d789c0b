#!/usr/bin/env bash
# A good token while the provider's key set answers 503, and once more when it answers again.
#
# One would guess: a service that can't fetch the keys says that it has a problem (5xx), or raises an error of the network. It
# doesn't know anything about the token, and RFC 6750 §3.1 keeps invalid_token for one that is "expired, revoked, malformed, or
# invalid for other reasons"; a client that reads it throws the token away, and its user logs in again, at a provider that is down.
# What happens: express-oauth2-jwt-bearer answers 401 with error="invalid_token", with a key set as with discovery, and
# passport-jwt with jwks-rsa's passportJwtSecret answers a bare 401. auth0-python raises a TokenValidationError that says the
# key "was not found". express-jwt with the same jwks-rsa, and @fastify/jwt with get-jwks, answer 500.
# PyJWT is the other way round: PyJWKClientConnectionError isn't an InvalidTokenError, and neither is the error for an unknown kid:
# code that catches InvalidTokenError alone answers 500 to a token of a key that isn't published.
#
# For a provider under test this means: 401 during an outage says nothing about the token. Count the fetches beside the status.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jwks-rsa@4.1.0 get-jwks@11.0.3 express@5.3.0 express-jwt@8.5.1 \
  express-oauth2-jwt-bearer@1.10.0 passport@0.7.0 passport-jwt@4.0.1 fastify@5.12.8 @fastify/jwt@10.2.8
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import fastifyJwt from '@fastify/jwt'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { auth } from 'express-oauth2-jwt-bearer'
import Fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'
import jwksRsa from 'jwks-rsa'
import passport from 'passport'
import { ExtractJwt, Strategy } from 'passport-jwt'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
let status
const provider = http.createServer((request, answer) => {
  answer.writeHead(status, { 'Content-Type': 'application/json' })
  const metadata = request.url.startsWith('/.well-known/openid-configuration')
  answer.end(JSON.stringify(metadata ? { issuer, jwks_uri: jwksUri } : { keys: [key] }))
})
const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', done))
await listening(provider)
const issuer = `http://127.0.0.1:${provider.address().port}`
const jwksUri = `${issuer}/jwks`
const algorithms = ['RS256']
const audience = 'api'
const token = await new jose.SignJWT({ sub: 'somebody' })
  .setProtectedHeader({ alg: 'RS256', kid: 'one' })
  .setIssuer(issuer).setAudience(audience).setIssuedAt().setExpirationTime('5m').sign(privateKey)

function withExpress(verify) {
  return express().use(verify).get('/', (_, answer) => answer.send('in'))
    .use((error, _, answer, next) => answer.status(error.status ?? 500).set(error.headers ?? {}).send(error.message))
}

passport.use(new Strategy({
  secretOrKeyProvider: jwksRsa.passportJwtSecret({ jwksUri }),
  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), issuer, audience, algorithms
}, (claims, done) => done(null, claims)))
const getJwks = buildGetJwks({ jwksPath: '/jwks' })
const fastify = Fastify()
fastify.register(fastifyJwt, {
  decode: { complete: true },
  secret: (_, { header }) => getJwks.getPublicKey({ domain: issuer, kid: header.kid, alg: header.alg })
})
fastify.get('/', async (request) => request.jwtVerify().then(() => 'in'))
await fastify.ready()
const services = {
  'express-oauth2-jwt-bearer': withExpress(auth({ jwksUri, issuer, audience, tokenSigningAlg: 'RS256' })),
  'express-oauth2-jwt-bearer with discovery': withExpress(auth({ issuerBaseURL: issuer, audience })),
  'passport-jwt with jwks-rsa': withExpress(passport.authenticate('jwt', { session: false })),
  'express-jwt with jwks-rsa':
    withExpress(expressjwt({ secret: jwksRsa.expressJwtSecret({ jwksUri }), issuer, audience, algorithms })),
  '@fastify/jwt with get-jwks': fastify.routing
}
for (const [name, service] of Object.entries(services)) {
  const server = http.createServer(service)
  await listening(server)
  const packages = name.split(' with ').filter((one) => one !== 'discovery')
  console.log(packages.map((one) => `${one} ${version(one)}`).join(', ') + (name.endsWith('discovery') ? ', discovery' : ''))
  for (status of [503, 200]) {
    const headers = { Authorization: `Bearer ${token}`, Connection: 'close' }
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers })
    const error = /error="([^"]*)"/.exec(answer.headers.get('www-authenticate'))?.[1] ?? 'none'
    console.log(`  provider ${status}: ${name} answers ${answer.status}, error: ${error}; ${await answer.text()}`)
  }
  server.close()
}
provider.close()
provider.closeAllConnections()
JS
node try.js | tee seen
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check auth0-python==6.8.0 "pyjwt[crypto]==2.15.1"
venv/bin/python - <<'PYTHON' | tee -a seen
import http.server
import importlib.metadata
import json
import threading
import time

import jwt
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from cryptography.hazmat.primitives.asymmetric import rsa

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": "one", "use": "sig", "alg": "RS256"}
status = 503


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"keys": [key]}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
now = int(time.time())
claims = {"iss": "https://idp.test/", "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300}


def token(kid):
    return jwt.encode(claims, private, "RS256", {"kid": kid})


def with_auth0(kid):
    TokenVerifier(AsymmetricSignatureVerifier(url), "https://idp.test/", "api").verify(token(kid))


def with_pyjwt(kid):
    found = jwt.PyJWKClient(url).get_signing_key_from_jwt(token(kid))
    jwt.decode(token(kid), found.key, ["RS256"], audience="api")


for name, verify in (("auth0-python", with_auth0), ("pyjwt", with_pyjwt)):
    print(name, importlib.metadata.version(name))
    for status, kid in ((503, "one"), (200, "one"), (200, "another")):
        try:
            verify(kid)
            result = "accepted"
        except Exception as error:
            kind = "an" if isinstance(error, jwt.InvalidTokenError) else "no"
            result = f"{type(error).__name__} ({kind} InvalidTokenError): {error}"
        print(f"  provider {status}, kid {kid}: {name}: {result}")
server.shutdown()
PYTHON
grep -q 'provider 503: express-oauth2-jwt-bearer answers 401, error: invalid_token' seen &&
  grep -q 'provider 503: express-oauth2-jwt-bearer with discovery answers 401, error: invalid_token' seen &&
  grep -q 'provider 503: passport-jwt with jwks-rsa answers 401, error: none' seen &&
  grep -q 'provider 503: express-jwt with jwks-rsa answers 500' seen &&
  grep -q 'provider 503: @fastify/jwt with get-jwks answers 500' seen &&
  [[ $(grep -c 'provider 200: .* answers 200' seen) == 5 ]] &&
  grep -q 'provider 503, kid one: auth0-python: TokenValidationError .*was not found' seen &&
  grep -q 'provider 503, kid one: pyjwt: PyJWKClientConnectionError (no InvalidTokenError)' seen &&
  grep -q 'provider 200, kid another: pyjwt: PyJWKClientError (no InvalidTokenError)' seen &&
  [[ $(grep -c 'provider 200, kid one: .*: accepted' seen) == 2 ]] ||
  { echo "the behaviour has changed"; exit 1; }
