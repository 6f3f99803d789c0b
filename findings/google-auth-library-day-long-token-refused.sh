#!/usr/bin/env bash
# google-auth-library (npm), verifySignedJwtWithCertsAsync with keys, audience and issuer given, as for tokens of IAP.
#
# One would guess: a token whose exp lies ahead is good, however long it lives, and aud may be an array: RFC 7519 §4.1.3 calls
# that the general case, §4.1.4 knows no longest lifetime. iat is optional (§4.1.6).
# What happens: a token with more than a day from now to its exp is refused with "Expiration time too far in future", also
# with a minute more; maxExpiry, the fifth argument, is what allows more. An array as aud is refused, also one that has the
# audience alone: "Wrong recipient, payload audience != requiredAudience". Without iat it is "No issue time in token". None of
# these errors has a type or code of its own, and those about times hold all claims of the token in their message.
#
# For a profile of this project: token_lifetime_capped = true; arrays are a true finding of identity/audience.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 google-auth-library@10.9.1
cat >try.js <<'JS'
import fs from 'node:fs'
import { OAuth2Client } from 'google-auth-library'
import * as jose from 'jose'

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version
const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true })
const pem = await jose.exportSPKI(publicKey)
const issuer = 'https://idp.test'
const now = Math.floor(Date.now() / 1000)
const day = 24 * 60 * 60
const usual = { iss: issuer, aud: 'api', sub: 'somebody', iat: now, exp: now + 300 }
const tokens = {
  'five minutes': usual,
  'a day less a minute': { ...usual, exp: now + day - 60 },
  'a day and a minute': { ...usual, exp: now + day + 60 },
  'an array of one': { ...usual, aud: ['api'] },
  'an array of two': { ...usual, aud: ['api', 'another'] },
  'no iat': { ...usual, iat: undefined }
}
const google = new OAuth2Client()
const verifiers = {
  'google-auth-library': (token) => google.verifySignedJwtWithCertsAsync(token, { one: pem }, 'api', [issuer]),
  'google-auth-library, maxExpiry': (token) => google.verifySignedJwtWithCertsAsync(token, { one: pem }, 'api', [issuer], 2 * day),
  jose: (token) => jose.jwtVerify(token, publicKey, { issuer, audience: 'api' })
}
for (const [name, verify] of Object.entries(verifiers)) {
  console.log(name, version(name.split(',')[0]))
  for (const [what, claims] of Object.entries(tokens)) {
    const token = await new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
    const refused = (error) => `refused: ${error.constructor.name}, code ${error.code ?? 'none'}: ${error.message}`
    console.log(`  ${name}: ${what}: ${await verify(token).then(() => 'accepted', refused)}`)
  }
}
JS
node try.js | tee seen
accepts() { sed -n "s/^  $1: \(.*\): accepted/\1/p" seen | paste -sd, -; }
[[ $(accepts google-auth-library) == "five minutes,a day less a minute" &&
  $(accepts 'google-auth-library, maxExpiry') == "five minutes,a day less a minute,a day and a minute" &&
  $(accepts jose) == "five minutes,a day less a minute,a day and a minute,an array of one,an array of two,no iat" ]] &&
  grep -q 'google-auth-library: a day and a minute: refused: Error, code none: Expiration time too far in future: {.*"sub":"somebody"' seen &&
  grep -q 'google-auth-library: an array of one: refused: Error, code none: Wrong recipient' seen &&
  grep -q 'google-auth-library: no iat: refused: Error, code none: No issue time in token' seen ||
  { echo "the behaviour has changed"; exit 1; }
