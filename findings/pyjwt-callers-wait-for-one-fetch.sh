#!/usr/bin/env bash
# PyJWT's PyJWKClient while the key set is slow, seen by callers whose key it has already.
#
# One would guess: a token of a known key needs no fetch, and is verified while another thread waits for the key set, for a new
# key. That was so up to PyJWT 2.13.
# What happens: since the client has a lock of its own (2.15.1 has), get_signing_key holds it also while it fetches, and each
# other caller waits: a key set that takes three seconds stops the whole service for three seconds, at each rotation and each
# time the cached set has reached its lifespan. The timeout of a fetch is 30 seconds unless another is given.
#
# For a service this means: PyJWKClient(url, timeout=2), or cache_keys=True, whose cached keys need no lock.
# In the scenarios of this project that is rotation/unknown-kid/rot-storm-does-not-block-valid.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/try.py" <<'PYTHON'
import http.server
import json
import sys
import threading
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

published, private = [], {}
asked, go_on = threading.Event(), threading.Event()


def publish(kid):
    private[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private[kid].public_key()))
    published.append({**jwk, "kid": kid, "use": "sig", "alg": "RS256"})


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if len(published) > 1:  # The second fetch takes as long as the test wants.
            asked.set()
            go_on.wait(60)
        body = json.dumps({"keys": published}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/jwks"
known_keys_cached = "cache_keys" in sys.argv
more = {} if jwt.__version__ == "2.13.0" else {"cooldown_duration": 0}
client = jwt.PyJWKClient(url, cache_keys=known_keys_cached, **more)


def verify(kid, done):
    token = jwt.encode({"sub": "somebody"}, private[kid], "RS256", headers={"kid": kid})
    jwt.decode(token, client.get_signing_key_from_jwt(token).key, ["RS256"])
    done.append(kid)


publish("known")
verify("known", [])
publish("new")
done = []
threads = [threading.Thread(target=verify, args=(kid, done)) for kid in ("new", "known")]
threads[0].start()
asked.wait()
threads[1].start()
threads[1].join(3)  # Three seconds are enough for a verification on any machine.
result = "waits for the fetch" if threads[1].is_alive() else "accepted meanwhile"
go_on.set()
for thread in threads:
    thread.join()
how = ", cache_keys" if known_keys_cached else ""
print(f"PyJWT {jwt.__version__}{how}: a token of the known key, while one of a new key has the set fetched: {result}")
assert sorted(done) == ["known", "new"]
server.shutdown()
PYTHON
: >"$folder/seen"
for version in 2.13.0 2.15.1; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==$version"
  "$folder/$version/bin/python" "$folder/try.py" | tee -a "$folder/seen"
done
"$folder/2.15.1/bin/python" "$folder/try.py" cache_keys | tee -a "$folder/seen"
grep -q '^PyJWT 2.13.0: .*: accepted meanwhile$' "$folder/seen" &&
  grep -q '^PyJWT 2.15.1: .*: waits for the fetch$' "$folder/seen" &&
  grep -q '^PyJWT 2.15.1, cache_keys: .*: accepted meanwhile$' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
