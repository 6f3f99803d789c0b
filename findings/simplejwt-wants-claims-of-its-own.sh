#!/usr/bin/env bash
# djangorestframework-simplejwt with the JWK Set of a provider (JWK_URL), and the provider's good access token.
#
# One would guess: with JWK_URL, AUDIENCE, ISSUER and USER_ID_CLAIM set as the settings page says, a token of that provider is
# accepted. RFC 7519 §4.1 makes every claim optional, and RFC 9068 lists those of access tokens.
# What happens: it is refused with 401 "Given token not valid for any token type": first "Token has no id" where the provider
# sends no jti, then "Token has no type", since it lacks a claim token_type with the value "access", by which simplejwt tells
# the access tokens that it made itself from its refresh tokens. Another name doesn't help: with TOKEN_TYPE_CLAIM = "typ" the
# "Bearer" that Keycloak sends there is "Token has wrong type". Only JTI_CLAIM and TOKEN_TYPE_CLAIM set to None let the token
# in.
#
# With this project: put the two settings into the service before it is judged; every control is refused otherwise.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check djangorestframework-simplejwt==5.5.1 djangorestframework==3.18.3 \
  django==5.2.19 "pyjwt[crypto]==2.15.1"
cat >"$folder/try.py" <<'PYTHON'
import http.server
import importlib.metadata
import json
import sys
import threading
import time

import django
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

what = sys.argv[1]
more_claims, more_settings = (json.loads(argument) for argument in sys.argv[2:])
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
simple_jwt = {
    "ALGORITHM": "RS256",
    "JWK_URL": f"http://127.0.0.1:{server.server_port}/",
    "AUDIENCE": "api",
    "ISSUER": "https://idp.test/",
    "USER_ID_CLAIM": "sub",
    **more_settings,
}
authentication = "rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"
settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    SECRET_KEY="0" * 50,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [authentication],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    },
    SIMPLE_JWT=simple_jwt,
)
django.setup()

from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Caller(APIView):
    def get(self, request):
        return Response({"caller": request.user.id})


urlpatterns = [path("", Caller.as_view())]
now = int(time.time())
claims = {"iss": "https://idp.test/", "aud": "api", "sub": "somebody", "iat": now, "exp": now + 300, **more_claims}
token = jwt.encode(claims, private, "RS256", {"kid": "one"})
answer = Client().get("/", headers={"Authorization": f"Bearer {token}"})
print(f"simplejwt {importlib.metadata.version('djangorestframework-simplejwt')}, {what}: {answer.status_code}, {answer.content.decode()}")
server.shutdown()
PYTHON
tried() { "$folder/venv/bin/python" "$folder/try.py" "$@" 2>>"$folder/log" | tee -a "$folder/seen" || { cat "$folder/log" >&2; exit 1; }; }
tried plain '{}' '{}'
tried 'with a jti' '{"jti": "1"}' '{}'
tried 'as Keycloak' '{"jti": "1", "typ": "Bearer"}' '{"TOKEN_TYPE_CLAIM": "typ"}'
tried 'without JTI_CLAIM' '{}' '{"JTI_CLAIM": null}'
tried 'without both' '{}' '{"JTI_CLAIM": null, "TOKEN_TYPE_CLAIM": null}'
grep -q ', plain: 401, .*Token has no id' "$folder/seen" &&
  grep -q ', with a jti: 401, .*Token has no type' "$folder/seen" &&
  grep -q ', as Keycloak: 401, .*Token has wrong type' "$folder/seen" &&
  grep -q ', without JTI_CLAIM: 401, .*Token has no type' "$folder/seen" &&
  grep -q ', without both: 200, .*somebody' "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
