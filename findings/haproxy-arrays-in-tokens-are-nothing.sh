#!/usr/bin/env bash
# HAProxy's jwt_payload_query, and claims that are arrays.
#
# One would guess: `jwt_payload_query('$.aud')` gives an array as its JSON, in which an ACL can look for a word, or says
# somewhere that it can't.
# What happens: an audience that is an array gives nothing at all, also with one element, and no word in the log: for the ACL of
# the usual example, `deny unless { var(txn.aud) -m str … }`, the good token has no audience, and is refused. The same
# for `permissions` (Auth0), `scp` (Okta), `groups` (Cognito, Keycloak), which no ACL can read. An element by its number,
# `$.aud[0]`, is read. With a second audience, as Auth0 adds for openid, or Keycloak's `account`, no number is safe.
#
# For a provider this means: one audience, as a string, and a permission claim that is one string.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Debian 12's apt-get, openssl and curl.
set -euo pipefail
folder=$(mktemp -d)
proxy=
trap '[ -z "$proxy" ] || kill "$proxy" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/x86_64-linux-gnu"
haproxy=$folder/root/usr/sbin/haproxy
"$haproxy" -v | head -1

openssl genrsa -out private.pem 2048 2>/dev/null
openssl rsa -in private.pem -pubout -out public.pem 2>/dev/null
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
sign() { # payload members -> a token
  local signed
  signed=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url).$(printf '{"exp":%d,%s}' $(($(date +%s) + 300)) "$1" | base64url)
  echo "$signed.$(printf %s "$signed" | openssl dgst -sha256 -sign private.pem | base64url)"
}
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >haproxy.cfg <<CONFIGURATION
global
  log stdout format raw local0
defaults
  mode http
  log global
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend api
  bind 127.0.0.1:$port
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('\$.alg')
  http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('\$.aud')
  http-request set-var(txn.first) http_auth_bearer,jwt_payload_query('\$.aud[0]')
  http-request set-var(txn.permissions) http_auth_bearer,jwt_payload_query('\$.permissions')
  http-request set-header X-Read "aud=%[var(txn.aud)] aud[0]=%[var(txn.first)] permissions=%[var(txn.permissions)]"
  http-request deny deny_status 401 hdr X-Read "%[req.hdr(X-Read)]" unless { http_auth_bearer,jwt_verify(txn.alg,"public.pem") -m int 1 }
  http-request deny deny_status 401 hdr X-Read "%[req.hdr(X-Read)]" unless { var(txn.aud) -m str api }
  http-request return status 200 hdr X-Read "%[req.hdr(X-Read)]"
CONFIGURATION
"$haproxy" -c -f haproxy.cfg
"$haproxy" -f haproxy.cfg -db >log 2>&1 &
proxy=$!
curl -s -o answer --noproxy '*' --retry 50 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$port/"
ask() { # words, payload members
  curl -s -o answer -D head --noproxy '*' -H "Authorization: Bearer $(sign "$2")" "http://127.0.0.1:$port/"
  echo "$1: $(awk 'NR == 1 { printf $2 }' head), $(tr -d '\r' <head | sed -n 's/^x-read: //Ip')" | tee -a seen
}
ask 'a string' '"aud":"api","permissions":"read"'
ask 'one element' '"aud":["api"],"permissions":["read"]'
ask 'two elements' '"aud":["api","https://idp.test/userinfo"],"permissions":["read","write"]'
echo 'lines of the log that speak of a claim:' "$(grep -c -i -E 'aud|array|json' log || true)" | tee -a seen
grep -q '^a string: 200, aud=api aud\[0\]= permissions=read$' seen &&
  grep -q '^one element: 401, aud= aud\[0\]=api permissions=$' seen &&
  grep -q '^two elements: 401, aud= aud\[0\]=api permissions=$' seen &&
  grep -q ': 0$' seen ||
  { echo "the behaviour has changed"; exit 1; }
