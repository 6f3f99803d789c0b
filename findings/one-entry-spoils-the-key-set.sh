#!/usr/bin/env bash
# A key set with the right key and one more entry that a verifier doesn't know what to do with.
#
# One would guess: the entry is passed over and the token of the good key is accepted. RFC 7517 §5 says that entries with a
# `kty` that isn't understood, or with values out of the supported range, SHOULD be ignored; §4.2 and §4.3 let `use` and
# `key_ops` have other values; §4.5 makes `kid` optional. A provider may add such a key on any day (post-quantum keys have
# `"kty": "AKP"`).
# What happens: six of the seven libraries tried here take no token at all while some such entry is in the set, each
# stumbling over another one, and mostly with an exception that isn't theirs (KeyError). For auth0-python and python-jose, which was
# given the set as `key`, an elliptic key is one entry too many, as a provider has that signs with RS256 and ES256; the kid of the
# token doesn't help. PyJWT alone passes over all.
#
# In the scenarios of this project that is jwks-document/entries and jwks-document/optional-members.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 authlib==1.9.10 \
  python-keycloak==7.1.1 okta-jwt-verifier==0.5.0 auth0-python==6.8.0 "python-jose[cryptography]==3.5.0"
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import http.server
import importlib.metadata
import json
import threading
import time

import authlib.jose
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwt
import keycloak
import okta_jwt_verifier
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from cryptography.hazmat.primitives.asymmetric import ec, rsa


def jwk_of(private):
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))


signing, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
good = {**jwk_of(signing), "kid": "good", "use": "sig", "alg": "RS256"}
entries = {
    "kty AKP": {"kty": "AKP", "alg": "ML-DSA-44", "kid": "more", "pub": "A" * 1750},
    "another curve": {"kty": "OKP", "crv": "BLS12381G2", "kid": "more", "x": "A" * 128},
    "another use": {**jwk_of(other), "kid": "more", "use": "urn:example:attest"},
    "another key_ops": {**jwk_of(other), "kid": "more", "key_ops": ["verify", "urn:example:attest"]},
    "no kid": jwk_of(other),
    "an elliptic key": {
        **json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())),
        **{"kid": "more", "use": "sig", "alg": "ES256"},
    },
}
now = int(time.time())
issuer = "https://idp.test/oauth2/default"
claims = {"iss": issuer, "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300}
token = jwt.encode(claims, signing, "RS256", {"kid": "good"})
key_set = {}


class KeySet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(key_set).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KeySet)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def with_pyjwt():
    jwt.decode(token, jwt.PyJWKClient(url).get_signing_key_from_jwt(token).key, ["RS256"], audience="api")


def with_joserfc():
    joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(key_set), ["RS256"])


def with_authlib():
    authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key_set(key_set))


def with_keycloak():
    keycloak.KeycloakOpenID(server_url=url, realm_name="r", client_id="api").decode_token(token)


class FromTheServer:
    """What okta-jwt-verifier documents as `request_executor`; its own insists on https."""

    def __init__(self, **_):
        pass

    def get_sync(self, *_, **__):
        return key_set

    def clear_cache(self):
        pass


def with_okta():
    okta_jwt_verifier.AccessTokenVerifier(issuer, "api", request_executor=FromTheServer).verify_sync(token)


def with_auth0():
    TokenVerifier(AsymmetricSignatureVerifier(url), issuer, "api").verify(token)


def with_python_jose():
    jose.jwt.decode(token, key_set, ["RS256"], audience="api", issuer=issuer)


libraries = {
    "pyjwt": with_pyjwt,
    "joserfc": with_joserfc,
    "authlib": with_authlib,
    "python-keycloak": with_keycloak,
    "okta-jwt-verifier": with_okta,
    "auth0-python": with_auth0,
    "python-jose": with_python_jose,
}
for name, verify in libraries.items():
    print(name, importlib.metadata.version(name))
    for what, entry in {"nothing else": None, **entries}.items():
        key_set = {"keys": [good] if entry is None else [entry, good]}
        try:
            verify()
            print(f"  {what}: accepted")
        except Exception as error:
            print(f"  {what}: refused, {type(error).__name__}: {error}")
server.shutdown()
PYTHON
refused() { sed -n "/^$1 /,/^[a-z]/p" "$folder/seen" | sed -n 's/^  \(.*\): refused.*/\1/p' | paste -sd, -; }
[[ $(refused pyjwt) == "" && $(refused joserfc) == "another curve,another use,another key_ops" && $(refused authlib) == "kty AKP" &&
  $(refused python-keycloak) == "another use" && $(refused okta-jwt-verifier) == "no kid" &&
  $(refused auth0-python) == "kty AKP,another curve,no kid,an elliptic key" &&
  $(refused python-jose) == "kty AKP,another curve,an elliptic key" ]] ||
  { echo "the behaviour has changed"; exit 1; }
