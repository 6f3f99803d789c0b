#!/usr/bin/env bash
# A token without kid, and a key set with one key, once with a kid of its own and once without.
#
# One would guess: the only key there is gets tried. kid is optional in tokens and in keys (RFC 7515 §4.1.4, RFC 7517 §4.5), and
# OIDC Core §10.1 asks for it only where several keys are published. It is the simplest provider that one can write.
# What happens: PyJWT's PyJWKClient looks for a key that matches "None", auth0-python for one with the ID "", and
# @okta/jwt-verifier for "undefined"; aws-jwt-verify doesn't begin without a kid, and get-jwks finds nothing. jose, jwks-rsa,
# joserfc, Authlib's jose, jwcrypto and python-jose accept the token. Where the key has no kid either, get-jwks accepts as well,
# auth0-python ends with a KeyError, and for PyJWKClient such a key is no signing key at all.
#
# For a profile of this project: kid_required = true for the five that refuse. Whether the others want one where there is a choice
# is said by kid_required_among_several_keys.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jwks-rsa@4.1.0 get-jwks@11.0.3 aws-jwt-verify@5.2.1 @okta/jwt-verifier@4.0.2 \
  jsonwebtoken@9.0.3
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import OktaJwtVerifier from '@okta/jwt-verifier'
import { JwtVerifier } from 'aws-jwt-verify'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const bare = { ...(await jose.exportJWK(publicKey)), use: 'sig', alg: 'RS256' }
let key
const server = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ keys: [key] }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const origin = `http://127.0.0.1:${server.address().port}`
const jwksUri = `${origin}/jwks`
const issuer = `${origin}/oauth2/default`
const audience = 'api'
const token = await new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256' })
  .setIssuer(issuer).setAudience(audience).setIssuedAt().setExpirationTime('5m').sign(privateKey)
const { kid, alg } = jose.decodeProtectedHeader(token)
const verify = (pem) => jsonwebtoken.verify(token, pem, { algorithms: ['RS256'], issuer, audience })
const verifiers = {
  jose: () => jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(jwksUri)), { issuer, audience }),
  'jwks-rsa': async () => verify((await jwksRsa({ jwksUri }).getSigningKey(kid)).getPublicKey()),
  'get-jwks': async () => verify(await buildGetJwks({ jwksPath: '/jwks' }).getPublicKey({ domain: origin, kid, alg })),
  'aws-jwt-verify': async () => {
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: 'https://idp.test/jwks' })
    if (key.kid) verifier.cacheJwks({ keys: [key] })
    await verifier.verify(token)
  },
  '@okta/jwt-verifier': () =>
    new OktaJwtVerifier({ issuer, jwksUri, testing: { disableHttpsCheck: true } }).verifyAccessToken(token, audience)
}
fs.writeFileSync('case.json', JSON.stringify({ token, issuer, bare }))
for (const [name, accepts] of Object.entries(verifiers)) {
  for (const [what, one] of [['a kid', { ...bare, kid: 'one' }], ['none', bare]]) {
    key = one
    const result = await accepts().then(() => 'accepted', (error) => `refused: ${error.name}: ${error.message}`)
    console.log(`${name} ${version(name)}, the key has ${what}: ${result}`)
  }
}
server.close()
server.closeAllConnections()
JS
node try.js 2>log | tee seen || { cat log >&2; exit 1; }
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" auth0-python==6.8.0 joserfc==1.8.0 authlib==1.9.10 \
  jwcrypto==1.6.1 "python-jose[cryptography]==3.5.0"
venv/bin/python -W ignore - <<'PYTHON' 2>log | tee -a seen || { cat log >&2; exit 1; }
import http.server
import importlib.metadata
import json
import threading

import authlib.jose
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier

case = json.load(open("case.json"))
token, issuer = case["token"], case["issuer"]
key_set = {}


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(key_set).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
verifiers = {
    "pyjwt": lambda: jwt.decode(token, jwt.PyJWKClient(url).get_signing_key_from_jwt(token).key, ["RS256"], audience="api"),
    "auth0-python": lambda: TokenVerifier(AsymmetricSignatureVerifier(url), issuer, "api").verify(token),
    "joserfc": lambda: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(key_set), ["RS256"]),
    "authlib": lambda: authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key_set(key_set)),
    "jwcrypto": lambda: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(key_set)), algs=["RS256"]),
    "python-jose": lambda: jose.jwt.decode(token, key_set, ["RS256"], audience="api"),
}
for name, verify in verifiers.items():
    for what, more in (("a kid", {"kid": "one"}), ("none", {})):
        key_set = {"keys": [{**case["bare"], **more}]}
        try:
            verify()
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"{name} {importlib.metadata.version(name)}, the key has {what}: {result}")
server.shutdown()
PYTHON
accepts() { sed -n "s/^\(.*\) [0-9.]*, the key has $1: accepted/\1/p" seen | paste -sd, -; }
[[ $(accepts 'a kid') == "jose,jwks-rsa,joserfc,authlib,jwcrypto,python-jose" &&
  $(accepts none) == "jose,jwks-rsa,get-jwks,joserfc,authlib,jwcrypto,python-jose" ]] &&
  grep -q '^pyjwt .* a kid: refused: PyJWKClientError: .*"None"' seen &&
  grep -q '^auth0-python .* a kid: refused: TokenValidationError: .*ID "" was not found' seen &&
  grep -q '^pyjwt .* none: refused: PyJWKClientError: .*did not contain any signing keys' seen &&
  grep -q '^auth0-python .* none: refused: KeyError' seen &&
  grep -q '^aws-jwt-verify .* a kid: refused: .*does not have valid kid' seen &&
  grep -q '^@okta/jwt-verifier .* a kid: refused: .*undefined' seen &&
  grep -q '^get-jwks .* a kid: refused' seen ||
  { echo "the behaviour has changed"; exit 1; }
