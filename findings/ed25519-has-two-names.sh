#!/usr/bin/env bash
# An Ed25519 signature, once with the name EdDSA (RFC 8037) and once with Ed25519 (RFC 9864), in the token and in the key set.
#
# One would guess: both names are understood, at least since RFC 9864 deprecated EdDSA in 2025; key and signature are the
# same. And a key that says "alg": "Ed25519" is still an OKP key on Ed25519, which any token of its kid can be verified with.
# What happens: most compare the name in the token with the one in the key set as texts; only jwcrypto takes each combination.
# PyJWT, Authlib, fast-jwt and aws-jwt-verify know no token of the new name. Where the key set has the new name, PyJWT doesn't
# read the key under either ("did not contain any usable keys. Perhaps 'cryptography' is not installed?", which it is), and
# aws-jwt-verify refuses a token that says EdDSA with "Expected: Ed25519" and one that says Ed25519 with "not allowed:
# Ed25519". jose and joserfc take both names, as long as key and token say the same; otherwise they say that no key is there.
# jsonwebtoken (npm) takes neither name.
#
# For a provider this means: sign as EdDSA, and let the key say that or nothing; all of them but jsonwebtoken accept it.
# Changing either name is a change for each service, as a rotation is.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 authlib==1.9.10 jwcrypto==1.6.1
cat >try.py <<'PYTHON'
import base64
import importlib.metadata
import json
import time

import authlib.jose
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519


def coded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


private = ed25519.Ed25519PrivateKey.generate()
public = {"kty": "OKP", "crv": "Ed25519", "x": coded(private.public_key().public_bytes_raw()), "kid": "one", "use": "sig"}


def token_of(name):
    parts = ({"alg": name, "kid": "one"}, {"sub": "somebody", "exp": int(time.time()) + 300})
    signed = ".".join(coded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{coded(private.sign(signed.encode()))}"


names = ["EdDSA", "Ed25519"]
tokens = {name: token_of(name) for name in names}
cases = [
    {"key": key, "token": name, "jwk": {**public, **({} if key == "none" else {"alg": key})}, "jwt": tokens[name]}
    for key in ("none", *names)
    for name in names
]
json.dump(cases, open("cases.json", "w"))
verifiers = {
    "pyjwt": lambda jwks, token: jwt.decode(token, jwt.PyJWKSet.from_dict(jwks)["one"], names),
    "joserfc": lambda jwks, token: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(jwks), names),
    "authlib": lambda jwks, token: authlib.jose.JsonWebToken(names).decode(token, authlib.jose.JsonWebKey.import_key_set(jwks)),
    "jwcrypto": lambda jwks, token: jwcrypto.jwt.JWT(
        jwt=token, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(jwks)), algs=names
    ),
}
for library, verify in verifiers.items():
    print(library, importlib.metadata.version(library))
    for case in cases:
        try:
            verify({"keys": [dict(case["jwk"])]}, case["jwt"])
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"  {library}, alg of the key {case['key']}, of the token {case['token']}: {result}")
PYTHON
venv/bin/python -W ignore try.py | tee seen
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 fast-jwt@6.3.6 aws-jwt-verify@5.2.1
cat >try.js <<'JS'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const pem = (key) => crypto.createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
const algorithms = ['EdDSA', 'Ed25519']
const verifiers = {
  jose: (key, token) => jose.jwtVerify(token, jose.createLocalJWKSet({ keys: [key] })),
  'aws-jwt-verify': async (key, token) => {
    const verifier = JwtVerifier.create({ issuer: null, audience: null, jwksUri: 'https://idp.test/jwks' })
    verifier.cacheJwks({ keys: [key] })
    await verifier.verify(token)
  },
  'fast-jwt': async (key, token) => createVerifier({ key: pem(key), algorithms: [jose.decodeProtectedHeader(token).alg] })(token),
  jsonwebtoken: async (key, token) => jsonwebtoken.verify(token, pem(key), { algorithms })
}
for (const [library, verify] of Object.entries(verifiers)) {
  console.log(library, version(library))
  for (const { key, token, jwk, jwt } of JSON.parse(fs.readFileSync('cases.json'))) {
    const result = await verify(jwk, jwt).then(() => 'accepted', (error) => `refused: ${error.name}: ${error.message}`)
    console.log(`  ${library}, alg of the key ${key}, of the token ${token}: ${result}`)
  }
}
JS
node try.js | tee -a seen
accepts() { sed -n "s/^  $1, alg of the key \(.*\), of the token \(.*\): accepted/\1-\2/p" seen | paste -sd' ' -; }
[[ $(accepts jwcrypto) == "none-EdDSA none-Ed25519 EdDSA-EdDSA EdDSA-Ed25519 Ed25519-EdDSA Ed25519-Ed25519" &&
  $(accepts jose) == "none-EdDSA none-Ed25519 EdDSA-EdDSA Ed25519-Ed25519" && $(accepts joserfc) == "$(accepts jose)" &&
  $(accepts pyjwt) == "none-EdDSA EdDSA-EdDSA" && $(accepts aws-jwt-verify) == "none-EdDSA EdDSA-EdDSA" &&
  $(accepts authlib) == "none-EdDSA EdDSA-EdDSA Ed25519-EdDSA" && $(accepts fast-jwt) == "$(accepts authlib)" &&
  $(accepts jsonwebtoken) == "" ]] ||
  { echo "the behaviour has changed"; exit 1; }
