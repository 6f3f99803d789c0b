#!/usr/bin/env bash
# A key set in which an elliptic and an RSA key have the same kid, the elliptic one first, and an RS256 token of the RSA key.
#
# One would guess: the verifier takes the key that fits the algorithm of the token. RFC 7517 §4.5 names just this case as one in
# which keys may share a kid: they have different kty and are equivalent alternatives, as for a provider that signs for
# old and new clients.
# What happens: jose and PyJWT differ from jwks-rsa and get-jwks. jwks-rsa 4.1.0 hands the first key with the kid out, the
# elliptic one, and the token is refused; jose 6.2.18 looks at kty and alg as well and accepts it, and get-jwks 11.0.3, which is
# asked with the algorithm, does so too. PyJWT 2.15.1 takes the first key, as jwks-rsa does.
#
# In the scenarios of this project that is jwks-document/duplicate-kids/jwks-duplicate-kid-other-kty.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jwks-rsa@4.1.0 get-jwks@11.0.3 jsonwebtoken@9.0.3
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const rsa = await jose.generateKeyPair('RS256', { extractable: true })
const ec = await jose.generateKeyPair('ES256', { extractable: true })
const about = { kid: 'one', use: 'sig' }
const keys = [
  { ...(await jose.exportJWK(ec.publicKey)), ...about, alg: 'ES256' },
  { ...(await jose.exportJWK(rsa.publicKey)), ...about, alg: 'RS256' }
]
const token = await new jose.SignJWT({ sub: 'somebody' })
  .setProtectedHeader({ alg: 'RS256', kid: 'one' })
  .sign(rsa.privateKey)
fs.writeFileSync('case.json', JSON.stringify({ keys, token }))
const server = http.createServer((_, answer) => {
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify({ keys }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const origin = `http://127.0.0.1:${server.address().port}`
const verifiers = {
  jose: () => jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(`${origin}/jwks`))),
  'jwks-rsa': async () => {
    const key = await jwksRsa({ jwksUri: `${origin}/jwks` }).getSigningKey('one')
    jsonwebtoken.verify(token, key.getPublicKey(), { algorithms: ['RS256'] })
  },
  'get-jwks': async () => {
    const key = await buildGetJwks({ jwksPath: '/jwks' }).getPublicKey({ domain: origin, kid: 'one', alg: 'RS256' })
    jsonwebtoken.verify(token, key, { algorithms: ['RS256'] })
  }
}
for (const [name, verify] of Object.entries(verifiers)) {
  const result = await verify().then(() => 'accepted', (error) => `refused: ${error.message}`)
  console.log(`${name} ${version(name)}: ${result}`)
}
server.close()
server.closeAllConnections()
JS
node try.js | tee seen
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1"
venv/bin/python - <<'PYTHON' | tee -a seen
import json

import jwt

case = json.load(open("case.json"))
key_set = jwt.PyJWKSet.from_dict({"keys": case["keys"]})
try:
    jwt.decode(case["token"], key_set["one"], algorithms=["RS256"])
    result = "accepted"
except jwt.PyJWTError as error:
    result = f"refused: {error}"
print(f"PyJWT {jwt.__version__}: {result}")
PYTHON
grep -q '^jose 6.2.18: accepted' seen && grep -q '^get-jwks 11.0.3: accepted' seen &&
  grep -q '^jwks-rsa 4.1.0: refused' seen && grep -q "^PyJWT 2.15.1: refused: Token algorithm 'RS256'" seen ||
  { echo "the behaviour has changed"; exit 1; }
