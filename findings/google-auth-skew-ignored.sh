#!/usr/bin/env bash
# google-auth's id_token.verify_token(clock_skew_in_seconds=...) with keys as a JWK Set.
#
# One would guess: the clock skew that the caller allows counts, whichever of the two documented forms the key document has
# (certificates by kid, or a JWK Set).
# What happens: with certificates a token that was issued five seconds ahead of the verifier's clock is accepted; with the
# same key as a JWK Set it is refused ("not yet valid"): there the argument is never used. The exceptions differ too: with
# a JWK Set they are PyJWT's, not subclasses of google.auth.exceptions.GoogleAuthError.
#
# For a provider under test this means: a clock that is a little ahead breaks such a verifier with /certs as a JWK Set only.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check google-auth==2.62.0 "pyjwt[crypto]==2.15.1" requests==2.32.5
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import datetime
import http.server
import importlib.metadata
import json
import threading
import time

import google.auth.exceptions
import google.auth.transport.requests
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2 import id_token

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
now = datetime.datetime.now(datetime.timezone.utc)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keys.test")])
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(1)
    .not_valid_before(now - datetime.timedelta(days=1))
    .not_valid_after(now + datetime.timedelta(days=1))
    .sign(key, hashes.SHA256())
)
jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
documents = {
    "/certificates": {"one": certificate.public_bytes(serialization.Encoding.PEM).decode()},
    "/jwks": {"keys": [{**jwk, "kid": "one", "use": "sig", "alg": "RS256"}]},
}


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(documents[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("google-auth", importlib.metadata.version("google-auth"))
for path in documents:
    issued = int(time.time()) + 5
    token = jwt.encode({"aud": "me", "sub": "somebody", "iat": issued, "exp": issued + 60}, key, "RS256", {"kid": "one"})
    try:
        claims = id_token.verify_token(
            token,
            google.auth.transport.requests.Request(),
            "me",
            f"http://127.0.0.1:{server.server_port}{path}",
            clock_skew_in_seconds=30,
        )
        print(f"{path}: accepted, sub {claims['sub']}")
    except Exception as error:
        kind = "a" if isinstance(error, google.auth.exceptions.GoogleAuthError) else "no"
        print(f"{path}: refused, {type(error).__name__} ({kind} GoogleAuthError): {error}")
server.shutdown()
PYTHON
grep -q '^/certificates: accepted, sub somebody' "$folder/seen" &&
  grep -q '^/jwks: refused, ImmatureSignatureError (no GoogleAuthError)' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
