#!/usr/bin/env bash
# Keycloak, and a GET of a realm's page by somebody without any token.
#
# One would guess: who reads changes nothing, least of all the keys that tokens are verified with.
# What happens: the page, `/realms/NAME`, has a `public_key` that is always one for RS256. A realm that signs with ES256 alone has
# none, so the first GET makes one: an RSA key stands in the key set from then on, enabled, active and for signatures, though
# nobody has ever asked for it and nothing is signed with it. The `public_key` of the page is that key, and verifies no token of
# the realm.
#
# For a service this means: a realm that was moved to ES256 grows an RS256 key by itself; what counts is which algorithms the
# service allows, not which keys are published. Ends with 0 when it is still so, with 1 when the behaviour has changed.
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
admin("", {"realm": "one", "enabled": True, "defaultSignatureAlgorithm": "ES256"})
keys = admin("/one/components?type=org.keycloak.keys.KeyProvider")
config = {"priority": ["100"], "enabled": ["true"], "active": ["true"], "ecdsaEllipticCurveKey": ["P-256"]}
provider = {"providerType": "org.keycloak.keys.KeyProvider", "providerId": "ecdsa-generated"}
admin("/one/components", {"name": "es256", **provider, "config": config})
(rsa,) = [one["id"] for one in keys if one["providerId"] == "rsa-generated"]
admin(f"/one/components/{rsa}", method="DELETE")


def published():
    return sorted(key["alg"] for key in ask("/realms/one/protocol/openid-connect/certs")[1]["keys"])


before = published(), published()
status, page = ask("/realms/one")
after = published()
print("keys, read twice", *before)
print("GET /realms/one", status, "public_key of", len(page["public_key"]), "characters")
print("keys", after)
sys.exit(before != (["ES256", "RSA-OAEP"],) * 2 or after != ["ES256", "RS256", "RSA-OAEP"])
PYTHON
