#!/usr/bin/env bash
# Keycloak, and the `acr` of a client's tokens after the same browser has logged in once more.
#
# One would guess: `acr` says how the user has logged in, and who logged in with a password has what comes of that for as long as
# the session lasts: a second login that nobody is asked anything for is of the same session.
# What happens: the first login has `acr` 1, the second one, by the cookie, 0; and from then on the first one's refreshed tokens have
# 0, too, with the same `sid` and the same `auth_time`. So a token that was good enough is refreshed to one that isn't, because of what the
# browser did elsewhere in between.
#
# For a service this means: one that wants `acr` 1 (RFC 9470) refuses users who have typed their password minutes ago; `auth_time` is what
# stays. Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Java 17 or newer (`java`, or JAVA_HOME),
# Python and curl; fetches 170 MB.
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
import base64
import html
import re
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler

admin("", {"realm": "one", "enabled": True})
back = "https://app.test/back"
client = {"clientId": "web", "publicClient": True, "redirectUris": [back]}
admin("/one/clients", client)
user = {"username": "ann", "enabled": True, "email": "ann@idp.test", "firstName": "Ann", "lastName": "Example"}
admin("/one/users", {**user, "credentials": [{"type": "password", "value": "p", "temporary": False}]})


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


browser, cookies = build_opener(ProxyHandler({}), Stay()), {}


def go(url, form=None):
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    try:
        answer = browser.open(Request(url, urlencode(form).encode() if form else None, headers))
    except HTTPError as other:
        answer = other
    for cookie in answer.headers.get_all("Set-Cookie") or ():
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    return answer


def tokens(**form):
    _, got = ask("/realms/one/protocol/openid-connect/token", {"client_id": "web", **form})
    part = got["id_token"].split(".")[1]
    return got, json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def login():
    asked = {"response_type": "code", "client_id": "web", "redirect_uri": back, "scope": "openid"}
    answer = go(f"{base}/realms/one/protocol/openid-connect/auth?{urlencode(asked)}")
    if answer.status == 200:
        action = html.unescape(re.search('<form[^>]* action="([^"]+)"', answer.read().decode())[1])
        answer = go(action, {"username": "ann", "password": "p"})
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    return tokens(grant_type="authorization_code", code=code, redirect_uri=back)


got, first = login()
_, second = login()
_, refreshed = tokens(grant_type="refresh_token", refresh_token=got["refresh_token"])
for which, claims in (("first", first), ("second", second), ("first, refreshed", refreshed)):
    print(which, {name: claims[name] for name in ("acr", "auth_time", "sid")})
same = len({(one["sid"], one["auth_time"]) for one in (first, second, refreshed)}) == 1
sys.exit([one["acr"] for one in (first, second, refreshed)] != ["1", "0", "0"] or not same)
PYTHON
