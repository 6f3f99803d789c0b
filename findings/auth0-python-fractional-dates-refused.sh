#!/usr/bin/env bash
# auth0-python's TokenVerifier and a token whose exp and iat have a fraction, as time.time() gives it.
#
# One would guess: accepted. RFC 7519 §2 says of such a date (NumericDate) that "non-integer values can be represented".
# What happens: it is refused with "Expiration Time (exp) claim must be a number present in the ID token", although 1700000000.5
# is a number and is present; with a fraction in iat alone it is the same about iat. So is a whole number that is written with
# a point, 1700000000.0, as some writers of JSON do. PyJWT, joserfc and python-jose accept all of them.
#
# In the scenarios of this project that is time/numbers/time-exp-float.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check auth0-python==6.8.0 "pyjwt[crypto]==2.15.1" joserfc==1.8.0 \
  "python-jose[cryptography]==3.5.0"
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import http.server
import importlib.metadata
import json
import threading
import time

import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwt
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from cryptography.hazmat.primitives.asymmetric import rsa

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": "one", "use": "sig", "alg": "RS256"}


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"keys": [key]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = "https://idp.test/"
signature = AsymmetricSignatureVerifier(f"http://127.0.0.1:{server.server_port}/")
now = int(time.time()) - 1
usual = {"iss": issuer, "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300}


def with_joserfc(token):
    read = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set({"keys": [key]}), ["RS256"])
    joserfc.jwt.JWTClaimsRegistry().validate(read.claims)


verifiers = {
    "auth0-python": lambda token: TokenVerifier(signature, issuer, "api").verify(token),
    "pyjwt": lambda token: jwt.decode(token, private.public_key(), ["RS256"], audience="api", issuer=issuer),
    "joserfc": with_joserfc,
    "python-jose": lambda token: jose.jwt.decode(token, {"keys": [key]}, ["RS256"], audience="api", issuer=issuer),
}
cases = {
    "whole numbers": {},
    "exp with a fraction": {"exp": now + 300.5},
    "iat with a fraction": {"iat": now + 0.25},
    "exp with a point": {"exp": float(now + 300)},
}
for name, verify in verifiers.items():
    for what, more in cases.items():
        token = jwt.encode({**usual, **more}, private, "RS256", {"kid": "one"})
        try:
            verify(token)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"{name} {importlib.metadata.version(name)}: {what}: {result}")
server.shutdown()
PYTHON
[[ $(grep -c ': accepted' "$folder/seen") == 13 ]] &&
  grep -q '^auth0-python .*: whole numbers: accepted' "$folder/seen" &&
  [[ $(grep -c '^auth0-python .*: exp with .*: refused: TokenValidationError: Expiration Time (exp) claim must be a number' "$folder/seen") == 2 ]] &&
  grep -q '^auth0-python .*: iat with a fraction: refused: TokenValidationError: Issued At (iat) claim must be a number' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
