#!/usr/bin/env bash
# @fastify/jwt's options of time: clockTolerance beside expiresIn and maxAge.
#
# One would guess: all numbers are of one unit. The README says of expiresIn, notBefore and maxAge that a number counts seconds, and
# clockTolerance: 60 is a minute for jose and for jsonwebtoken, from which services come to @fastify/jwt.
# What happens: clockTolerance, on which the README is silent, is handed to fast-jwt as it is, and that counts milliseconds. With
# clockTolerance: 60 a token that expired five seconds ago is refused, since the leeway is 0.06 s; 60000 is the minute. In the same
# calls expiresIn: 60 signs for a minute, and maxAge: 60 lets a token of ten seconds in. In fast-jwt itself all are milliseconds.
#
# For a profile of this project: a service with `clockTolerance: 60` has leeway_seconds = 0; `idp-harness measure` shows it.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 fastify@5.12.8 @fastify/jwt@10.2.8 fast-jwt@6.3.6
cat >try.js <<'JS'
import fs from 'node:fs'
import fastifyJwt from '@fastify/jwt'
import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import * as jose from 'jose'
import jsonwebtoken from 'jsonwebtoken'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true })
const pem = { private: await jose.exportPKCS8(privateKey), public: await jose.exportSPKI(publicKey) }
const algorithms = ['RS256']
const fastify = Fastify()
fastify.register(fastifyJwt, { secret: pem, sign: { algorithm: 'RS256' }, verify: { algorithms } })
await fastify.ready()
const verifiers = {
  jose: (token, options) => jose.jwtVerify(token, publicKey, { algorithms, ...options }),
  jsonwebtoken: async (token, options) => jsonwebtoken.verify(token, pem.public, { algorithms, ...options }),
  '@fastify/jwt': async (token, options) => fastify.jwt.verify(token, { key: pem.public, ...options }),
  'fast-jwt': async (token, options) => createVerifier({ key: pem.public, algorithms, ...options })(token)
}
const now = Math.floor(Date.now() / 1000)
const made = (claims) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
const expired = await made({ iat: now - 100, exp: now - 5 })
const young = await made({ iat: now - 10, exp: now + 300 })
const cases = [
  ['expired 5 s ago', expired, 'clockTolerance', 60],
  ['expired 5 s ago', expired, 'clockTolerance', 60000],
  ['issued 10 s ago', young, 'maxAge', 60]
]
for (const [name, verify] of Object.entries(verifiers)) {
  console.log(name, version(name))
  for (const [what, token, option, number] of cases) {
    const options = { [name === 'jose' && option === 'maxAge' ? 'maxTokenAge' : option]: number }
    const result = await verify(token, options).then(() => 'accepted', (error) => `refused: ${error.message}`)
    console.log(`  ${name}, ${what}, ${option}: ${number}: ${result}`)
  }
}
const { iat, exp } = jose.decodeJwt(fastify.jwt.sign({ sub: 'somebody' }, { expiresIn: 60 }))
console.log(`  @fastify/jwt, signed with expiresIn: 60: good for ${exp - iat} s`)
JS
node try.js | tee seen
for name in jose jsonwebtoken; do
  grep -q "$name, expired 5 s ago, clockTolerance: 60: accepted" seen &&
    grep -q "$name, issued 10 s ago, maxAge: 60: accepted" seen || { echo "the behaviour has changed"; exit 1; }
done
for name in @fastify/jwt fast-jwt; do
  grep -q "$name, expired 5 s ago, clockTolerance: 60: refused" seen &&
    grep -q "$name, expired 5 s ago, clockTolerance: 60000: accepted" seen || { echo "the behaviour has changed"; exit 1; }
done
grep -q '@fastify/jwt, issued 10 s ago, maxAge: 60: accepted' seen &&
  grep -q 'fast-jwt, issued 10 s ago, maxAge: 60: refused' seen &&
  grep -q '@fastify/jwt, signed with expiresIn: 60: good for 60 s' seen ||
  { echo "the behaviour has changed"; exit 1; }
