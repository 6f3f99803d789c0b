#!/usr/bin/env bash
# get-jwks (npm), its option timeout, and a provider that takes its time.
#
# One would guess: "timeout: Specifies how long it should wait to retrieve a JWK before it fails ... Defaults to 5s", says its README.
# What happens: nobody reads that option. What the default becomes is a member of what is given to fetch, which knows none of
# that name (https://fetch.spec.whatwg.org/#requestinit): the answer is waited for as long as Node's fetch bears it, which is five
# minutes to its head and five more to each piece. Meanwhile each token of that key waits for the same fetch.
# fetchOptions: { signal: AbortSignal.timeout(…) } is no way out, as that is one clock from the start of the service on. A dispatcher
# of undici with headersTimeout and bodyTimeout is one: undici looks after them about once a second.
#
# For a service under test this means: a provider that is slow, or accepts connections and says nothing, holds its requests.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 get-jwks@11.0.3 undici@6.27.0
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import buildGetJwks from 'get-jwks'
import * as jose from 'jose'
import { Agent } from 'undici'

const { publicKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
const provider = http.createServer((_, answer) => {
  setTimeout(() => answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [key] })), 4000)
})
await new Promise((done) => provider.listen(0, '127.0.0.1', done))
const domain = `http://127.0.0.1:${provider.address().port}`
const ways = {
  'timeout: 500': { timeout: 500 },
  'fetchOptions.timeout: 500': { fetchOptions: { timeout: 500 } },
  'fetchOptions.dispatcher with 500': { fetchOptions: { dispatcher: new Agent({ headersTimeout: 500, bodyTimeout: 500 }) } }
}

console.log('get-jwks', JSON.parse(fs.readFileSync('node_modules/get-jwks/package.json')).version)
for (const [name, options] of Object.entries(ways)) {
  const found = await buildGetJwks({ jwksPath: '/keys', ...options }).getJwk({ domain, alg: 'RS256', kid: 'one' })
    .then(() => 'the key, after four seconds', (error) => `${error.message}: ${error.cause?.code}`)
  console.log(`${name}: ${found}`)
}
provider.closeAllConnections()
provider.close()
JS
node try.js | tee seen
[[ $(tail -n +2 seen) == 'timeout: 500: the key, after four seconds
fetchOptions.timeout: 500: the key, after four seconds
fetchOptions.dispatcher with 500: fetch failed: UND_ERR_HEADERS_TIMEOUT' ]] || { echo "the behaviour has changed"; exit 1; }
