#!/usr/bin/env bash
# Keycloak, and a client that revokes one of its access tokens after it has exchanged another one.
#
# One would guess: the token that was revoked is good no longer, and the others of the login are. RFC 7009 section 2.1 lets a server end
# more with a refresh token; for an access token nothing of the kind is what Keycloak does otherwise.
# What happens: when the client has once exchanged a token of its own for another of its own within that login (standard token
# exchange, say for other scopes), revoking any access token of that login ends all of them and the refresh token, too:
# "Session doesn't have required client". Without an exchange before, the refresh token goes on. When another client
# has exchanged the token, nothing but the token ends.
#
# For a service this means: a client that revokes a narrow token after use logs its user out. Ends with 0 when it is still so, with 1
# when the behaviour has changed. Needs Java 17 or newer (`java`, or JAVA_HOME), Python and curl; fetches 170 MB.
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
client |= {"directAccessGrantsEnabled": True, "attributes": {"standard.token.exchange.enabled": "true"}}
admin("/one/clients", client)
user = {"username": "ann", "enabled": True, "email": "ann@idp.test", "firstName": "Ann", "lastName": "Example"}
admin("/one/users", {**user, "credentials": [{"type": "password", "value": "p", "temporary": False}]})
connect = "/realms/one/protocol/openid-connect"
types = "urn:ietf:params:oauth:token-type:access_token"


def look(exchanges):
    form = {"grant_type": "password", "username": "ann", "password": "p", "scope": "openid", **secret}
    _, got = ask(f"{connect}/token", form)
    again = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"], **secret}
    _, other = ask(f"{connect}/token", again)
    if exchanges:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token_type": types}
        status, _ = ask(f"{connect}/token", {**form, "subject_token": got["access_token"], **secret})
        assert status == 200
    status, _ = ask(f"{connect}/revoke", {"token": other["access_token"], **secret})
    assert status == 200
    userinfo, _ = ask(f"{connect}/userinfo", token=got["access_token"])
    refresh, said = ask(f"{connect}/token", again)
    print("after an exchange" if exchanges else "without one", "userinfo", userinfo, "refresh", refresh, said.get("error_description", ""))
    return userinfo, refresh


sys.exit((look(False), look(True)) != ((200, 200), (401, 400)))
PYTHON
