#!/usr/bin/env bash
# A DPoP proof of an RSA key, and a token that carries its certificate, for joserfc.
#
# One would guess: the proof's public key in the member jwk (RFC 9449 §4.2) and a certificate in x5c (RFC 7515 §4.1.6) belong
# into a header, and a library for JOSE reads them: it knows both members and lists them among the registered ones.
# What happens: joserfc 1.8.0 refuses each token whose header has more than 512 characters as it is sent, which is 384 bytes of
# JSON: "Header size exceeds 512 bytes". An RSA key of 2048 bits alone has 342 characters in n, so that no DPoP proof of such
# a key and no token with an x5c is ever read, also in Authlib 1.9.10, whose validator has no option for it. Proofs of
# elliptic keys are short enough. PyJWT has no such limit. A signature may have 1024 characters: RSA keys beyond 6144 bits are out.
#
# For a service this means: registry = JWSRegistry(algorithms=[...]); registry.max_header_length = 4096.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 authlib==1.9.10
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import base64
import datetime
import importlib.metadata
import json
import time

import joserfc.jwk
import joserfc.jws
import joserfc.jwt
import jwt
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
elliptic = ec.generate_private_key(ec.SECP256R1())
jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
jwk = {name: jwk[name] for name in ("kty", "n", "e")}
elliptic_jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(elliptic.public_key()))
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.test")])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder(name, name, private.public_key(), 1, now, now + datetime.timedelta(days=1))
    .sign(private, hashes.SHA256())
    .public_bytes(serialization.Encoding.DER)
)
seconds = int(time.time())
proof = {"htm": "GET", "htu": "https://api.test/notes", "iat": seconds, "jti": "1"}
claims = {
    **{"iss": "https://idp.test", "aud": "api", "sub": "somebody", "client_id": "client", "jti": "1"},
    **{"iat": seconds, "exp": seconds + 300},
}
x5c = {"typ": "at+jwt", "kid": "one", "x5c": [base64.b64encode(certificate).decode()]}
tokens = {
    "DPoP proof, RSA": jwt.encode(proof, private, "RS256", {"typ": "dpop+jwt", "jwk": jwk}),
    "DPoP proof, P-256": jwt.encode(proof, elliptic, "ES256", {"typ": "dpop+jwt", "jwk": elliptic_jwk}),
    "with x5c": jwt.encode(claims, private, "RS256", x5c),
    "without x5c": jwt.encode(claims, private, "RS256", {"typ": "at+jwt", "kid": "one"}),
}
keys = joserfc.jwk.KeySet.import_key_set({"keys": [{**jwk, "kid": "one"}]})


def key_of(case):
    return elliptic.public_key() if "P-256" in case else private.public_key()


def with_joserfc(case, token, registry=None):
    key = joserfc.jwk.import_key(elliptic_jwk if "P-256" in case else jwk) if "DPoP" in case else keys
    joserfc.jwt.decode(token, key, ["RS256", "ES256"], registry)


def with_more(case, token):
    registry = joserfc.jws.JWSRegistry(algorithms=["RS256", "ES256"])
    registry.max_header_length = 4096
    with_joserfc(case, token, registry)


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return keys


def with_authlib(case, token):
    validator = Validator(issuer="https://idp.test", resource_server="api")
    validator.validate_token(validator.authenticate_token(token), [], None)


def with_pyjwt(case, token):
    jwt.decode(token, key_of(case), ["RS256", "ES256"], audience=None if "DPoP" in case else "api")


verifiers = {"pyjwt": with_pyjwt, "joserfc": with_joserfc, "joserfc, max_header_length 4096": with_more, "authlib": with_authlib}
for library, verify in verifiers.items():
    version = importlib.metadata.version(library.partition(",")[0])
    for case, token in tokens.items():
        if library == "authlib" and "DPoP" in case:
            continue
        try:
            verify(case, token)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"{library} {version}, {case}, header of {len(token.partition('.')[0])} characters: {result}")
PYTHON
says() { grep -q "^$1 [0-9.]*, $2, .*: $3" "$folder/seen"; }
for case in 'DPoP proof, RSA' 'DPoP proof, P-256' 'with x5c' 'without x5c'; do
  says pyjwt "$case" accepted && says 'joserfc, max_header_length 4096' "$case" accepted || exit 1
done
says joserfc 'DPoP proof, RSA' 'refused: ExceededSizeError: .*Header size exceeds 512 bytes' &&
  says joserfc 'with x5c' 'refused: ExceededSizeError' && says authlib 'with x5c' 'refused: InvalidTokenError' &&
  says joserfc 'DPoP proof, P-256' accepted && says joserfc 'without x5c' accepted && says authlib 'without x5c' accepted ||
  { echo "the behaviour has changed"; exit 1; }
