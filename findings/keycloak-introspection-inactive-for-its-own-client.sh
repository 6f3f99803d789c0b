#!/usr/bin/env bash
# Keycloak, and a client that introspects the access token that it has just got.
#
# One would guess: `{"active":true}`, as the token is good, and as RFC 7662 section 2.2 has it for a token that is active. That a resource
# server may be told less would be for others, not for the client whose token it is.
# What happens: `{"active":false}`, since 26.6.2: only a client that stands in `aud` is told, and the usual `aud` of a token is
# `account`. Userinfo takes the same token in the same second. An ID token, whose `aud` is the client, is active. It helps to give
# the client an audience mapper for itself.
#
# For a service this means: introspection that worked before an update calls each token inactive, and none is. In the mock
# the option `introspects_all` brings the old answers back. Ends with 0 when it is still so, with 1 when the behaviour has changed.
# Needs Java 17 or newer (`java`, or JAVA_HOME), Python and curl; fetches 170 MB.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
name=keycloak-quarkus-dist-26.7.3.tar.gz
curl -sfO "https://repo.maven.apache.org/maven2/org/keycloak/keycloak-quarkus-dist/26.7.3/$name"
echo "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47  $name" | sha256sum --quiet -c
tar xzf "$name"
read -r port management < <(python3 -c "
import socket
free = [socket.create_server(('127.0.0.1', 0)) for _ in range(2)]
print(*(one.getsockname()[1] for one in free))")
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=$port-for-a-minute
keycloak-26.7.3/bin/kc.sh start-dev --db=dev-mem --http-host=127.0.0.1 "--http-port=$port" \
  "--http-management-port=$management" >log 2>&1 &
server=$!
# Its first start builds it.
curl -sf -o /dev/null --retry 1800 --retry-all-errors --retry-delay 1 "http://127.0.0.1:$port/realms/master" || { cat log; exit 1; }
python3 - "$port" <<'PYTHON'
import json
import os
import sys
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

kept = {}
base, opener = f"http://127.0.0.1:{sys.argv[1]}", build_opener(ProxyHandler({}))


def ask(path, form=None, body=None, token=None, method=None):
    headers = {"Content-Type": "application/json"} if body is not None else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body is not None else urlencode(form).encode() if form else None
    try:
        with opener.open(Request(base + path, data, headers, method=method)) as answer:
            status, text = answer.status, answer.read()
    except HTTPError as refused:
        status, text = refused.code, refused.read()
    return status, json.loads(text) if text else None


def admin(path, body=None, method=None):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin"}
    form["password"] = os.environ["KC_BOOTSTRAP_ADMIN_PASSWORD"]
    if time.monotonic() > kept.get("until", 0):
        # Its password is hashed at some length, and a token is good for a minute.
        kept.update(ask("/realms/master/protocol/openid-connect/token", form)[1], until=time.monotonic() + 20)
    status, answer = ask(f"/admin/realms{path}", body=body, token=kept["access_token"], method=method)
    assert status < 300, (path, status, answer)
    return answer


print("keycloak 26.7.3")
admin("", {"realm": "one", "enabled": True})
secret = {"client_id": "svc", "client_secret": "a-secret-of-no-one"}
client = {"clientId": "svc", "secret": secret["client_secret"], "serviceAccountsEnabled": True}
admin("/one/clients", client)
connect = "/realms/one/protocol/openid-connect"


def look(which):
    _, got = ask(f"{connect}/token", {"grant_type": "client_credentials", "scope": "openid", **secret})
    status, _ = ask(f"{connect}/userinfo", token=got["access_token"])
    said = {}
    for kind in ("access_token", "id_token"):
        said[kind] = ask(f"{connect}/token/introspect", {**secret, "token": got[kind]})[1]["active"]
    print(which, "userinfo", status, "active", said)
    return status, *said.values()


fresh = look("a fresh client")
(made,) = admin("/one/clients?clientId=svc")
mapper = {"name": "own audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper"}
mapper["config"] = {"included.client.audience": "svc", "access.token.claim": "true"}
admin(f"/one/clients/{made['id']}/protocol-mappers/models", mapper)
mapped = look("with an audience mapper")
sys.exit((fresh, mapped) != ((200, False, True), (200, True, True)))
PYTHON
