#!/usr/bin/env bash
# python-jose and the ID token that a provider sends beside an access token.
#
# One would guess: jwt.decode with key, issuer and audience is enough for an ID token, and a claim that nothing is said of is
# ignored. OIDC Core §3.1.3.8 leaves it to the client of the code flow whether it compares at_hash.
# What happens: an ID token with at_hash is refused ("No access_token provided to compare against at_hash claim.") unless the
# access token is an argument too, or options={"verify_at_hash": False} is. An API that is sent ID tokens never has the access
# token. Which tokens have the claim is the provider's affair, and it may differ between its flows: without it the same call
# accepts. With an aud that is another one the error is the same class, JWTClaimsError: only its text tells them apart. PyJWT,
# joserfc and Authlib's jwt ignore the claim.
#
# With this project: judge such a service with access tokens, or with ID tokens of a style that sends no at_hash.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "python-jose[cryptography]==3.5.0" "pyjwt[crypto]==2.15.1" \
  joserfc==1.8.0 authlib==1.9.10
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import base64
import hashlib
import importlib.metadata
import json
import time

import authlib.jose
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key())), "kid": "one", "alg": "RS256"}
keys = {"keys": [public]}
access_token = "an-access-token"
half = hashlib.sha256(access_token.encode()).digest()[:16]
at_hash = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
now = int(time.time())
issuer, audience = "https://idp.test/", "app"
claims = {"iss": issuer, "aud": audience, "sub": "somebody", "iat": now, "exp": now + 300}
tokens = {
    name: jwt.encode({**claims, **more}, private, "RS256", {"kid": "one"})
    for name, more in {
        "without at_hash": {},
        "with at_hash": {"at_hash": at_hash},
        "for another": {"aud": "another"},
    }.items()
}


def with_jose(token, **more):
    jose.jwt.decode(token, keys, "RS256", audience=audience, issuer=issuer, **more)


def with_pyjwt(token):
    jwt.decode(token, private.public_key(), ["RS256"], audience=audience, issuer=issuer)


def with_joserfc(token):
    read = joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(keys), ["RS256"])
    joserfc.jwt.JWTClaimsRegistry(iss={"value": issuer}, aud={"value": audience}).validate(read.claims)


def with_authlib(token):
    wanted = {"iss": {"value": issuer}, "aud": {"value": audience}}
    authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key_set(keys), claims_options=wanted).validate()


verifiers = {
    "python-jose": with_jose,
    "python-jose, access token given": lambda token: with_jose(token, access_token=access_token),
    "python-jose, told not to": lambda token: with_jose(token, options={"verify_at_hash": False}),
    "pyjwt": with_pyjwt,
    "joserfc": with_joserfc,
    "authlib": with_authlib,
}
for name, verify in verifiers.items():
    print(name, importlib.metadata.version(name.partition(",")[0]))
    for what, token in tokens.items():
        try:
            verify(token)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"  {name}: {what}: {result}")
PYTHON
[[ $(grep -c ': without at_hash: accepted' "$folder/seen") == 6 && $(grep -c ': with at_hash: accepted' "$folder/seen") == 5 ]] &&
  grep -q 'python-jose: with at_hash: refused: JWTClaimsError: No access_token provided' "$folder/seen" &&
  grep -q 'python-jose: for another: refused: JWTClaimsError: ' "$folder/seen" &&
  [[ $(grep -c ': for another: refused' "$folder/seen") == 6 ]] ||
  { echo "the behaviour has changed"; exit 1; }
