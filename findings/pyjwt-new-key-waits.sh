#!/usr/bin/env bash
# PyJWT's PyJWKClient and a key that was published a moment ago.
#
# One would guess: a token whose kid isn't in the cached key set makes the client fetch the set again, so that a key can
# be used as soon as it is published. That was so up to PyJWT 2.13.
# What happens: since 2.14.0 each successful fetch, also the very first one, begins a rest of 30 seconds (cooldown_duration).
# Until it is over, good tokens of the new key are refused with "Unable to find a signing key", although the server has it.
#
# For a provider this means: publish a key before it signs. For a profile of this project: unknown_kid_cooldown_seconds = 30.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 2.13.0 2.15.1; do
  "$folder/venv/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==$version"
  "$folder/venv/bin/python" - "$folder/$version" <<'PYTHON'
import http.server
import json
import pathlib
import sys
import threading

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

published, fetches = [], []
private = {}


def publish(kid):
    private[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private[kid].public_key()))
    published.append({**jwk, "kid": kid, "use": "sig", "alg": "RS256"})


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fetches.append(self.path)
        body = json.dumps({"keys": published}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = jwt.PyJWKClient(f"http://127.0.0.1:{server.server_port}/jwks")


def verify(kid):
    token = jwt.encode({"sub": "somebody"}, private[kid], "RS256", headers={"kid": kid})
    try:
        key = client.get_signing_key_from_jwt(token)
        return "accepted, sub " + jwt.decode(token, key.key, ["RS256"])["sub"]
    except jwt.PyJWKClientError as error:
        return f"refused: {error}"


publish("first")
lines = [f"PyJWT {jwt.__version__}", f"first key: {verify('first')}, {len(fetches)} fetch(es)"]
publish("second")
lines.append(f"second key, published since: {verify('second')}, {len(fetches)} fetch(es)")
server.shutdown()
print("\n".join(lines))
pathlib.Path(sys.argv[1]).write_text("\n".join(lines))
PYTHON
done
grep -q 'second key, published since: accepted, sub somebody, 2 fetch' "$folder/2.13.0" &&
  grep -q 'second key, published since: refused: Unable to find a signing key that matches: "second", 1 fetch' "$folder/2.15.1" ||
  { echo "the behaviour has changed"; exit 1; }
