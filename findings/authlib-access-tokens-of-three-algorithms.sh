#!/usr/bin/env bash
# Access tokens of other algorithms than RS256, for Authlib's validator of JWT access tokens (RFC 9068).
#
# One would guess: JWTBearerTokenValidator takes what the keys of get_jwks verify, or has an option that names the algorithms.
# What happens: since it decodes with joserfc (1.9.10 does), it takes RS256, ES256 and HS256, which joserfc recommends, and has
# no option for more: a provider that signs with RS512, PS256, ES384 or EdDSA has each of its tokens refused with
# invalid_token, without a word on why. Authlib 1.6.5 took all of them.
#
# For a service this means: a validator whose authenticate_token calls joserfc's jwt.decode with its own algorithms, as here.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/try.py" <<'PYTHON'
import importlib.metadata
import json
import time

import jwt
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

now = int(time.time())
claims = {
    **{"iss": "https://idp.test", "aud": "api", "sub": "somebody", "client_id": "client", "jti": "1"},
    **{"iat": now, "exp": now + 300},
}
rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
keys = {
    **dict.fromkeys(("RS256", "RS512", "PS256"), rsa_key),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
version = importlib.metadata.version("authlib")
for name, private in keys.items():
    public = json.loads(jwt.get_algorithm_by_name(name).to_jwk(private.public_key()))
    public = {key: public[key] for key in public if key != "key_ops"}
    jwks = {"keys": [{**public, "kid": "one", "use": "sig", "alg": name}]}
    token = jwt.encode(claims, private, name, {"kid": "one", "typ": "at+jwt"})

    class Validator(JWTBearerTokenValidator):
        def get_jwks(self):
            if version.startswith("1.9"):
                import joserfc.jwk

                return joserfc.jwk.KeySet.import_key_set(jwks)
            from authlib.jose import JsonWebKey

            return JsonWebKey.import_key_set(jwks)

    class WithAlgorithms(Validator):
        def authenticate_token(self, token_string):
            import joserfc.jwt

            decoded = joserfc.jwt.decode(token_string, self.get_jwks(), algorithms=list(keys))
            return JWTAccessTokenClaims(decoded.claims, decoded.header, {})

    for kind in (Validator, WithAlgorithms) if version.startswith("1.9") else (Validator,):
        try:
            validator = kind(issuer="https://idp.test", resource_server="api")
            validator.validate_token(validator.authenticate_token(token), [], None)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"authlib {version}, {kind.__name__}, {name}: {result}")
PYTHON
: >"$folder/seen"
for version in 1.6.5 1.9.10; do
  python3 -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 "authlib==$version"
  "$folder/$version/bin/python" -W ignore "$folder/try.py" | tee -a "$folder/seen"
done
[[ $(grep -c '^authlib 1.6.5, Validator, .*: accepted$' "$folder/seen") == 6 &&
  $(grep -c '^authlib 1.9.10, WithAlgorithms, .*: accepted$' "$folder/seen") == 6 &&
  $(sed -n 's/^authlib 1.9.10, Validator, \(.*\): accepted$/\1/p' "$folder/seen" | paste -sd' ' -) == "RS256 ES256" ]] ||
  { echo "the behaviour has changed"; exit 1; }
