#!/usr/bin/env bash
# flask-jwt-extended and tokens that it refuses, as its documentation sets it up.
#
# One would guess: 401 for whatever is wrong with the token, with a WWW-Authenticate header, as RFC 6750 §3.1 has it for "expired,
# revoked, malformed, or invalid for other reasons".
# What happens: 401 for no token and for an expired one, but 422 (Unprocessable Content) for a key that isn't published, another
# issuer or audience, no sub, and a good token that was issued half a minute ahead of the service's clock. No answer has a
# WWW-Authenticate header. A client that gets a new token, or logs in again, upon 401 does neither; a gateway that counts 401s sees
# none. JWT_ERROR_MESSAGE_KEY changes the member "msg", no setting the status: that takes an invalid_token_loader of one's own.
#
# In the scenarios of this project each refusal that isn't about time is then another status than the one that was asked for.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check flask-jwt-extended==4.7.4 flask==3.1.3 "pyjwt[crypto]==2.15.1"
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import importlib.metadata
import time

import flask
import flask_jwt_extended
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

private, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
app = flask.Flask("service")
app.config.update(
    JWT_ALGORITHM="RS256",
    JWT_PUBLIC_KEY=pem,
    JWT_DECODE_ISSUER="https://idp.test/",
    JWT_DECODE_AUDIENCE="api",
)
flask_jwt_extended.JWTManager(app)


@app.get("/")
@flask_jwt_extended.jwt_required()
def caller():
    return {"caller": flask_jwt_extended.get_jwt_identity()}


now = int(time.time())
claims = {"iss": "https://idp.test/", "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300}


def token(key=private, without=(), **more):
    return jwt.encode({name: value for name, value in {**claims, **more}.items() if name not in without}, key, "RS256")


requests = {
    "a good token": token(),
    "no token": None,
    "expired": token(iat=now - 600, exp=now - 300),
    "another key": token(other),
    "another issuer": token(iss="https://another.test/"),
    "another audience": token(aud="another"),
    "no sub": token(without=["sub"]),
    "issued ahead": token(iat=int(time.time()) + 30),
}
print("flask-jwt-extended", importlib.metadata.version("flask-jwt-extended"))
for what, text in requests.items():
    answer = app.test_client().get("/", headers={"Authorization": f"Bearer {text}"} if text else {})
    challenge = answer.headers.get("WWW-Authenticate", "none")
    print(f"{what}: {answer.status_code}, WWW-Authenticate: {challenge}; {answer.get_data(as_text=True).strip()}")
PYTHON
saw() { sed -n "s/^\(.*\): $1, WWW-Authenticate: none;.*/\1/p" "$folder/seen" | paste -sd, -; }
[[ $(saw 200) == "a good token" && $(saw 401) == "no token,expired" &&
  $(saw 422) == "another key,another issuer,another audience,no sub,issued ahead" ]] ||
  { echo "the behaviour has changed"; exit 1; }
