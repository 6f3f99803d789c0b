#!/usr/bin/env bash
# Keycloak, and the order of the keys of a realm that was just made.
#
# One would guess: the key that signs stands first, or the order is the same in each realm.
# What happens: keys are sorted by priority, and then by the id of their provider, a random UUID. The two keys of a fresh realm have
# the same priority, so the one for encryption stands first in about half of all realms, and stays there.
#
# For a service this means: `keys[0]` verifies in one realm and not in the next one, made by the same script. RFC 7517 section 5
# gives the order of a key set no meaning. Ends with 0 when it is still so, with 1 when the behaviour has changed (all of twelve
# realms are alike by chance once in 2,000 runs). Needs Java 17 or newer (`java`, or JAVA_HOME), Python and curl; fetches 170 MB.
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
first, as_sorted = [], True
for number in range(12):
    name = f"realm-{number}"
    admin("", {"realm": name, "enabled": True})
    keys = ask(f"/realms/{name}/protocol/openid-connect/certs")[1]["keys"]
    first.append(keys[0]["use"])
    providers = {one["kid"]: one["providerId"] for one in admin(f"/{name}/keys")["keys"] if one.get("publicKey")}
    ids = [providers[key["kid"]] for key in keys]
    as_sorted &= ids == sorted(ids)
print("first in", len(first), "fresh realms:", {use: first.count(use) for use in sorted({*first})})
print("in the order of the ids of their providers:", as_sorted)
sys.exit({*first} != {"enc", "sig"} or not as_sorted)
PYTHON
