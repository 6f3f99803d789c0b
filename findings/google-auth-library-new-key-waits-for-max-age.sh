#!/usr/bin/env bash
# google-auth-library (npm), OAuth2Client.verifyIdToken, when a token names a key that is not among the kept ones.
#
# One would guess: a kid that the client doesn't know makes it fetch the keys again, at least now and then. Google's own answer
# has a max-age of up to six hours, and a key that leaks is replaced at once.
# What happens: the certificates are kept for the max-age of their answer, whatever kid is met; a good token of a new key is
# refused with "No pem found for envelope" until then, and nothing is fetched. There is no option for it: another
# OAuth2Client fetches, so does one whose answer had no max-age, for each token. The message holds the header of the token, and
# the error has no code.
#
# For a provider under test this means: a rotation that is not published ahead is an outage of such a service, as long as the
# Cache-Control of the key set says; style google of the mock publishes ahead, and `rotate` with the habit immediate shows it.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 google-auth-library@10.9.1
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import { OAuth2Client } from 'google-auth-library'
import * as jose from 'jose'

const pairs = {}
for (const kid of ['one', 'two']) pairs[kid] = await jose.generateKeyPair('RS256', { extractable: true })
let published = ['one']
let fetches = 0
const server = http.createServer(async (request, response) => {
  fetches += 1
  if (request.url === '/kept') response.setHeader('Cache-Control', 'public, max-age=21600')
  const certificates = await Promise.all(published.map(async (kid) => [kid, await jose.exportSPKI(pairs[kid].publicKey)]))
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(Object.fromEntries(certificates)))
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${server.address().port}`

const token = (kid) => new jose.SignJWT({ email: 'ann@example.com' })
  .setProtectedHeader({ alg: 'RS256', kid })
  .setIssuer('https://idp.test').setAudience('app').setSubject('ann').setIssuedAt().setExpirationTime('5m')
  .sign(pairs[kid].privateKey)
const client = (path) => new OAuth2Client({
  issuers: ['https://idp.test'],
  endpoints: { oauth2FederatedSignonPemCertsUrl: base + path }
})
const refused = (error) => `refused, code ${error.code ?? 'none'}: ${error.message.split(':')[0]}`
async function say (what, verifier, kid) {
  const before = fetches
  const verdict = await verifier.verifyIdToken({ idToken: await token(kid), audience: 'app' }).then(() => 'accepted', refused)
  console.log(`${what}: ${verdict}, fetches ${fetches - before}`)
}

console.log('google-auth-library', JSON.parse(fs.readFileSync('node_modules/google-auth-library/package.json')).version)
const [kept, always] = [client('/kept'), client('/always')]
await say('max-age of six hours, old key', kept, 'one')
await say('no max-age, old key', always, 'one')
published = ['one', 'two']
await say('max-age of six hours, new key', kept, 'two')
await say('max-age of six hours, new key again', kept, 'two')
await say('no max-age, new key', always, 'two')
await say('no max-age, old key again', always, 'one')
await say('another client, new key', client('/kept'), 'two')
server.close()
server.closeAllConnections()
JS
node try.js | tee seen
[[ $(tail -n +2 seen) == 'max-age of six hours, old key: accepted, fetches 1
no max-age, old key: accepted, fetches 1
max-age of six hours, new key: refused, code none: No pem found for envelope, fetches 0
max-age of six hours, new key again: refused, code none: No pem found for envelope, fetches 0
no max-age, new key: accepted, fetches 1
no max-age, old key again: accepted, fetches 1
another client, new key: accepted, fetches 1' ]] || { echo "the behaviour has changed"; exit 1; }
