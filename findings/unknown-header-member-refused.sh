#!/usr/bin/env bash
# A good token with one more member in its header, which nobody knows.
#
# One would guess: it is ignored. RFC 7515 §4 says that header parameters that aren't understood MUST be ignored, unless crit
# lists them; providers do add some: tokens for Microsoft Graph have a "nonce" there, others a "ver" or a number of their own.
# What happens: joserfc 1.8.0 refuses the token, with "Unsupported {'nonce'} in header", and so does what is built on it, such as
# Authlib 1.9.10 with its validator of JWT access tokens. PyJWT ignores the member. Where the same provider's tokens are fine
# for one service and refused by another, this may be why; JWSRegistry(strict_check_header=False) is joserfc's way out.
#
# In the scenarios of this project that is header/members/hdr-unknown-ignored.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 authlib==1.9.10
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import importlib.metadata
import json
import time

import joserfc.jwk
import joserfc.jws
import joserfc.jwt
import jwt
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from cryptography.hazmat.primitives.asymmetric import rsa

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": "one", "alg": "RS256"}
keys = joserfc.jwk.KeySet.import_key_set({"keys": [public]})
now = int(time.time())
claims = {
    **{"iss": "https://idp.test", "aud": "api", "sub": "somebody", "client_id": "client", "jti": "1"},
    **{"iat": now, "exp": now + 300},
}


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return keys


def with_authlib(token):
    validator = Validator(issuer="https://idp.test", resource_server="api")
    validator.validate_token(validator.authenticate_token(token), [], None)


def told_to(token):
    registry = joserfc.jws.JWSRegistry(strict_check_header=False, algorithms=["RS256"])
    joserfc.jwt.decode(token, keys, registry=registry)


verifiers = {
    "pyjwt": lambda token: jwt.decode(token, private.public_key(), ["RS256"], audience="api"),
    "joserfc": lambda token: joserfc.jwt.decode(token, keys, ["RS256"]),
    "joserfc, not strict": told_to,
    "authlib": with_authlib,
}
for name, verify in verifiers.items():
    version = importlib.metadata.version(name.partition(",")[0])
    for more in ({}, {"nonce": "n-0S6"}):
        token = jwt.encode(claims, private, "RS256", {"kid": "one", "typ": "at+jwt", **more})
        try:
            verify(token)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"{name} {version}, {'one more member' if more else 'the usual header'}: {result}")
PYTHON
usual=$(grep -c 'the usual header: accepted' "$folder/seen")
[[ $usual == 4 ]] &&
  grep -q 'pyjwt .* one more member: accepted' "$folder/seen" &&
  grep -q 'joserfc, not strict .* one more member: accepted' "$folder/seen" &&
  grep -q "joserfc 1.8.0, one more member: refused: UnsupportedHeaderError: .*nonce" "$folder/seen" &&
  grep -q 'authlib .* one more member: refused' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
