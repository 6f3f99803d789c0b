"""Discovery, key set, the page of the realm, and what is not there."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..realm import ORIGIN
from ..sides import Side
from . import Area

_DISCOVERY = "/.well-known/openid-configuration"
_PATHS = {
    "discovery": _DISCOVERY,
    "oauth": "/.well-known/oauth-authorization-server",
    "certs": "/protocol/openid-connect/certs",
    "realm": "",
    "token": "/protocol/openid-connect/token",
    "introspect": "/protocol/openid-connect/token/introspect",
    "revoke": "/protocol/openid-connect/revoke",
    "userinfo": "/protocol/openid-connect/userinfo",
    "auth": "/protocol/openid-connect/auth",
    "logout": "/protocol/openid-connect/logout",
    "device": "/protocol/openid-connect/auth/device",
    "par": "/protocol/openid-connect/ext/par/request",
}
_ELSEWHERE = {
    "below-realm": "/nothing/here",
    "below-connect": "/protocol/openid-connect/nothing",
    "below-protocol": "/protocol/nothing/here",
    "protocol": "/protocol",
    "well-known": "/.well-known/nothing",
    "uma": "/.well-known/uma2-configuration",
    "iframe": "/protocol/openid-connect/login-status-iframe.html",
    "registration": "/clients-registrations/openid-connect",
    "ciba": "/protocol/openid-connect/ext/ciba/auth",
    "account": "/account",
    "device-page": "/device",
}
_AT_ROOT = {
    "root": "//",
    "nothing": "//nothing",
    "realms": "//realms",
    "other-realm": "//realms/elsewhere",
    "other-realm-discovery": "//realms/elsewhere/.well-known/openid-configuration",
    "other-realm-certs": "//realms/elsewhere/protocol/openid-connect/certs",
    "other-realm-token": "//realms/elsewhere/protocol/openid-connect/token",
}
_ACCEPTS = {
    "none": None,
    "json": "application/json",
    "any": "*/*",
    "jwk-set": "application/jwk-set+json",
    "jwk-set-q": "application/jwk-set+json;q=0.9, */*;q=0.1",
    "jwk-set-json": "application/jwk-set+json, application/json",
    "html": "text/html",
    "text": "text/plain",
}


def _ask(side: Side) -> None:
    for name, path in _PATHS.items():
        where = side.issuer + path
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            side.send(f"documents/{method} {name}", method, where)
        side.send(f"documents/slash {name}", "GET", where + "/")
        side.send(f"documents/query {name}", "GET", where + "?x=1")
        side.send(f"documents/origin {name}", "GET", where, [("Origin", ORIGIN)])
        asked = [("Origin", ORIGIN), ("Access-Control-Request-Method", "POST")]
        side.send(f"documents/preflight {name}", "OPTIONS", where, asked)
        asked.append(("Access-Control-Request-Headers", "authorization, x-mine"))
        side.send(f"documents/preflight-headers {name}", "OPTIONS", where, asked)
    for name, path in _ELSEWHERE.items():
        side.send(f"documents/elsewhere {name}", "GET", path)
        side.send(f"documents/elsewhere POST {name}", "POST", path)
    for name, path in _AT_ROOT.items():
        side.send(f"documents/at-root {name}", "GET", path)
        side.send(f"documents/at-root POST {name}", "POST", path)
    side.send("documents/wrong-case", "GET", f"//realms/{side.realm.upper()}{_DISCOVERY}")
    parts = urlsplit(side.issuer)
    inserted = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path}"
    side.send("documents/rfc8414", "GET", inserted)
    for name, accept in _ACCEPTS.items():
        headers = [("Accept", accept)] if accept is not None else []
        side.send(f"documents/accept {name}", "GET", "certs", headers)
        side.send(f"documents/accept-discovery {name}", "GET", _DISCOVERY, headers)
    for name, headers in {
        "gzip": [("Accept-Encoding", "gzip")],
        "conditional": [("If-None-Match", "*"), ("If-Modified-Since", "Mon, 01 Jan 2035 00:00:00 GMT")],
        "range": [("Range", "bytes=0-9")],
        "cookie": [("Cookie", "a=b")],
        "bearer": [("Authorization", "Bearer nothing")],
        "null-origin": [("Origin", "null")],
    }.items():
        side.send(f"documents/with {name}", "GET", "certs", headers)


AREAS = (Area("documents", _ask),)
