#!/usr/bin/env bash
# Authlib's JWTBearerTokenValidator (RFC 9068) in Flask, and good tokens without the role, group or entitlement that is wanted.
#
# One would guess: 403 for a caller who may not do it, whether a scope is missing or a role: RFC 9110 §15.5.4, and RFC 6750 §3.1 keeps
# 401 and invalid_token for tokens that are "expired, revoked, malformed, or invalid for other reasons".
# What happens: a missing scope is 403, but require_oauth(roles=...), groups=... and entitlements=... answer 401 with invalid_token to a
# token that is in order. A client that gets a new one upon 401 does so for each call, and never hears that it lacks a role.
#
# For a profile of this project: a route with a role asks for no_permission = [401].
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check authlib==1.9.10 joserfc==1.8.0 flask==3.1.3
"$folder/venv/bin/python" - <<'PYTHON' 2>"$folder/log" | tee "$folder/seen" || { cat "$folder/log" >&2; exit 1; }
import importlib.metadata
import time

import flask
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc import jwk, jwt

key = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return {"keys": [key.as_dict(private=False)]}


app = flask.Flask("service")
require_oauth = ResourceProtector()
require_oauth.register_token_validator(Validator(issuer="https://idp.test/", resource_server="api"))
wanted = {"scope": {"scopes": "write"}, "role": {"roles": "admin"}, "group": {"groups": "staff"}, "entitlement": {"entitlements": "x"}}
for name, options in wanted.items():
    app.add_url_rule(f"/{name}", name, require_oauth(**options)(lambda: "in"))


def ask(what, path, **more):
    now = int(time.time())
    claims = {"iss": "https://idp.test/", "aud": "api", "sub": "somebody", "client_id": "one", "jti": "one", "iat": now, "exp": now + 300}
    header = {"alg": "RS256", "kid": "one", "typ": "at+jwt"}
    token = jwt.encode(header, {**claims, **more}, key, default_type=None)
    answer = app.test_client().get(f"/{path}", headers={"Authorization": f"Bearer {token}"})
    print(f"{what}: {answer.status_code}, {answer.get_json()['error'] if answer.is_json else answer.text}")


print("authlib", importlib.metadata.version("authlib"), "joserfc", importlib.metadata.version("joserfc"))
ask("with the scope", "scope", scope="write")
ask("with the role", "role", roles=["admin"])
ask("without the scope", "scope")
ask("without the role", "role")
ask("without the group", "group")
ask("without the entitlement", "entitlement")
PYTHON
saw() { sed -n "s/^\(.*\): $1$/\1/p" "$folder/seen" | paste -sd, -; }
[[ $(saw '200, in') == "with the scope,with the role" && $(saw '403, insufficient_scope') == "without the scope" &&
  $(saw '401, invalid_token') == "without the role,without the group,without the entitlement" ]] ||
  { echo "the behaviour has changed"; exit 1; }
