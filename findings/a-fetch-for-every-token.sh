#!/usr/bin/env bash
# Five good tokens of one key, and then a sixth while the provider is down, with one object of each library kept for all.
#
# One would guess: the key set is fetched once and kept for a while, at least as long as its Cache-Control says (an hour
# here); the object that is made once per process (KeycloakOpenID, Request, a middleware) is there to keep it. So known keys outlive a short
# outage.
# What happens: python-keycloak's decode_token, google-auth's id_token.verify_token and Hono's jwk fetch the key set anew for each token,
# one request to the provider for each request to the service, and keep nothing: a provider that is down for a second fails
# each request in that second. google-auth says so in the text of its module and points to CacheControl; python-keycloak
# doesn't say it, and its way out is to pass key= and to mind rotations oneself; Hono's is a function as `keys`. PyJWKClient,
# auth0-python and jose fetch once.
#
# In `idp-harness measure` this is the row fetches-known-kid; for a profile of this project: stale_keys_during_outage = false.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Node.js 20 or newer, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-keycloak==7.1.1 google-auth==2.63.0 requests==2.32.5 \
  "pyjwt[crypto]==2.15.1" auth0-python==6.8.0
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import http.server
import importlib.metadata
import json
import threading
import time

import google.auth.transport.requests
import jwt
import keycloak
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2 import id_token

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": "one", "use": "sig", "alg": "RS256"}
fetches, status = [], 200


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fetches.append(self.path)
        body = json.dumps({"keys": [key]}).encode()
        self.send_response(status)
        self.send_header("Cache-Control", "public, max-age=3600")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
issuer = "https://idp.test/"
now = int(time.time())
claims = {"iss": issuer, "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300}
token = jwt.encode(claims, private, "RS256", {"kid": "one"})
realm = keycloak.KeycloakOpenID(server_url=url, realm_name="r", client_id="api")
request = google.auth.transport.requests.Request()
client = jwt.PyJWKClient(url)
verifier = TokenVerifier(AsymmetricSignatureVerifier(url), issuer, "api")
verifiers = {
    "python-keycloak": lambda: realm.decode_token(token),
    "google-auth": lambda: id_token.verify_token(token, request, "api", url),
    "pyjwt": lambda: jwt.decode(token, client.get_signing_key_from_jwt(token).key, ["RS256"], audience="api", issuer=issuer),
    "auth0-python": lambda: verifier.verify(token),
}
for name, verify in verifiers.items():
    fetches.clear()
    status = 200
    for _ in range(5):
        verify()
    seen = len(fetches)
    status = 503
    try:
        verify()
        result = "accepted"
    except Exception as error:
        result = f"refused: {type(error).__name__}"
    print(f"{name} {importlib.metadata.version(name)}: {seen} fetches for 5 tokens; while the provider is down: {result}")
server.shutdown()
PYTHON
cd "$folder"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund hono@4.13.19 jose@6.2.18
cat >try.js <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import * as jose from 'jose'

const { publicKey, privateKey } = await jose.generateKeyPair('RS256')
const key = { ...(await jose.exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
let fetches
let status
const server = http.createServer((_, answer) => {
  fetches += 1
  answer.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=3600' })
  answer.end(JSON.stringify({ keys: [key] }))
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const uri = `http://127.0.0.1:${server.address().port}/`
const token = await new jose.SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg: 'RS256', kid: 'one' })
  .setIssuer('https://idp.test/').setAudience('api').setIssuedAt().setExpirationTime('5m').sign(privateKey)
const app = new Hono()
app.use('*', jwk({ jwks_uri: uri, alg: ['RS256'], verification: { iss: 'https://idp.test/', aud: 'api' } }))
app.get('/', (c) => c.text('in'))
const remote = jose.createRemoteJWKSet(new URL(uri))
const verifiers = {
  hono: async () => (await app.request('/', { headers: { Authorization: `Bearer ${token}` } })).status,
  jose: () => jose.jwtVerify(token, remote, { issuer: 'https://idp.test/', audience: 'api' }).then(() => 200, () => 401)
}
for (const [name, verify] of Object.entries(verifiers)) {
  fetches = 0
  status = 200
  for (let number = 0; number < 5; number += 1) if (await verify() !== 200) throw new Error('a good token was refused')
  const seen = fetches
  status = 503
  const result = await verify() === 200 ? 'accepted' : 'refused'
  const { version } = JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`))
  console.log(`${name} ${version}: ${seen} fetches for 5 tokens; while the provider is down: ${result}`)
}
server.close()
server.closeAllConnections()
JS
node try.js 2>log | tee -a seen || { cat log >&2; exit 1; }
grep -q '^python-keycloak .*: 5 fetches for 5 tokens; while the provider is down: refused: KeycloakGetError' "$folder/seen" &&
  grep -q '^google-auth .*: 5 fetches for 5 tokens; while the provider is down: refused: TransportError' "$folder/seen" &&
  grep -q '^pyjwt .*: 1 fetches for 5 tokens; while the provider is down: accepted' "$folder/seen" &&
  grep -q '^hono .*: 5 fetches for 5 tokens; while the provider is down: refused' "$folder/seen" &&
  grep -q '^jose .*: 1 fetches for 5 tokens; while the provider is down: accepted' "$folder/seen" &&
  grep -q '^auth0-python .*: 1 fetches for 5 tokens; while the provider is down: accepted' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
