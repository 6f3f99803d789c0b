#!/usr/bin/env bash
# aws-jwt-verify (npm), JwtVerifier and CognitoJwtVerifier with their usual SimpleJwksCache, when keys rotate.
#
# One would guess: a kid that is nobody's costs its own token a refusal, and perhaps is remembered for a while; a token of
# a new key makes the verifier fetch.
# What happens: after one token with a kid that the key set doesn't have, the verifier fetches for no kid at all for ten seconds:
# good tokens of a key that was published meanwhile are refused with WaitPeriodNotYetEndedJwkError. Whoever can send one such
# token in ten seconds, without any credentials, keeps a new key from being met. hydrate() fetches all the same, and
# `new SimpleJwksCache({ penaltyBox: new SimplePenaltyBox({ waitSeconds }) })` sets the time.
#
# For a service under test this means: after a case with an unknown kid the next rotation is not followed for ten seconds.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 aws-jwt-verify@5.2.1
cat >try.js <<'JS'
import fs from 'node:fs'
import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import * as jose from 'jose'

const issuer = 'https://idp.test'
const pairs = {}
for (const kid of ['one', 'two', 'three', 'nobody']) pairs[kid] = await jose.generateKeyPair('RS256', { extractable: true })
let published = ['one']
let fetches = 0
// The documented way to fetch otherwise: here from memory.
const fetcher = {
  async fetch () {
    fetches += 1
    const keys = await Promise.all(published.map(async (kid) => (
      { ...await jose.exportJWK(pairs[kid].publicKey), kid, alg: 'RS256', use: 'sig' }
    )))
    return new TextEncoder().encode(JSON.stringify({ keys })).buffer
  }
}
const verifier = JwtVerifier.create({ issuer, audience: 'api', jwksUri: `${issuer}/keys` }, { jwksCache: new SimpleJwksCache({ fetcher }) })
async function say (what, kid) {
  const before = fetches
  const token = await new jose.SignJWT({}).setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(issuer).setAudience('api').setIssuedAt().setExpirationTime('5m').sign(pairs[kid].privateKey)
  const verdict = await verifier.verify(token).then(() => 'accepted', (error) => `refused: ${error.constructor.name}`)
  console.log(`${what}: ${verdict}, fetches ${fetches - before}`)
}

console.log('aws-jwt-verify', JSON.parse(fs.readFileSync('node_modules/aws-jwt-verify/package.json')).version)
await say('the first key', 'one')
published = ['one', 'two']
await say('a new key', 'two')
await say('a key of nobody', 'nobody')
published = ['two', 'three']
await say('another new key', 'three')
await say('another new key again', 'three')
await say('the key before it', 'two')
await verifier.hydrate()
await say('another new key, after hydrate()', 'three')
JS
node try.js | tee seen
[[ $(tail -n +2 seen) == 'the first key: accepted, fetches 1
a new key: accepted, fetches 1
a key of nobody: refused: KidNotFoundInJwksError, fetches 1
another new key: refused: WaitPeriodNotYetEndedJwkError, fetches 0
another new key again: refused: WaitPeriodNotYetEndedJwkError, fetches 0
the key before it: accepted, fetches 0
another new key, after hydrate(): accepted, fetches 0' ]] || { echo "the behaviour has changed"; exit 1; }
