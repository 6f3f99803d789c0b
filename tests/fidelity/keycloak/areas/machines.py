"""The token endpoint for clients of their own, and how it refuses whoever asks badly."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

from ..realm import ORIGIN, SCOPE, SECRET, Realm
from ..sides import Side
from . import Area
from .common import SVC, credentials, machine

_GOOD = {"grant_type": "client_credentials", **credentials()}
_FORM = ("Content-Type", "application/x-www-form-urlencoded")

_SCOPES = {
    "none": None,
    "empty": "",
    "blank": " ",
    "email": "email",
    "profile-email": "profile email",
    "twice": "email email",
    "two-blanks": "email  profile",
    "leading": " email",
    "openid": "openid",
    "openid-email": "openid email",
    "email-openid": "email openid",
    "optional": SCOPE,
    "optional-first": f"{SCOPE} email",
    "optional-openid": f"openid {SCOPE}",
    "address": "address",
    "phone-address": "phone address",
    "offline": "offline_access",
    "microprofile": "microprofile-jwt",
    "organization": "organization",
    "roles": "roles",
    "basic": "basic",
    "unknown": "nothing:known",
    "known-and-unknown": "email nothing:known",
    "two-unknown": "nothing:known other:unknown",
    "case": "EMAIL",
    "comma": "email,profile",
    "non-ascii": "é",
    "quote": 'a"b',
}
_CHANGED: dict[str, dict[str, str | None]] = {
    "no-grant-type": {"grant_type": None},
    "empty-grant-type": {"grant_type": ""},
    "unknown-grant-type": {"grant_type": "not-a-grant"},
    "grant-type-case": {"grant_type": "Client_Credentials"},
    "implicit-grant": {"grant_type": "implicit"},
    "saml-grant": {"grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer"},
    "ciba-grant": {"grant_type": "urn:openid:params:grant-type:ciba"},
    "uma-grant": {"grant_type": "urn:ietf:params:oauth:grant-type:uma-ticket"},
    "no-client": {"client_id": None, "client_secret": None},
    "no-client-id": {"client_id": None},
    "empty-client-id": {"client_id": ""},
    "unknown-client": {"client_id": "nobody"},
    "client-case": {"client_id": "SVC"},
    "unknown-public": {"client_id": "nobody", "client_secret": None},
    "wrong-secret": {"client_secret": "wrong"},
    "empty-secret": {"client_secret": ""},
    "no-secret": {"client_secret": None},
    "public": {"client_id": "web", "client_secret": None},
    "public-with-secret": {"client_id": "web"},
    "no-service-account": {"client_id": "login-only"},
    "machine-only": {"client_id": "machine"},
    "audience": {"audience": "something"},
    "resource": {"resource": "https://api.example"},
    "unknown-parameter": {"x": "y"},
    "empty-parameter": {"x": ""},
    "no-client-or-grant": {"client_id": None, "client_secret": None, "grant_type": None},
    "wrong-secret-and-scope": {"client_secret": "wrong", "scope": "nothing:known"},
    "unknown-client-and-grant": {"client_id": "nobody", "grant_type": "not-a-grant"},
    "large": {"x": "a" * 10_000},
    "username-ignored": {"username": "ann", "password": "x"},
}


def _ask(side: Side) -> None:
    for name, scope in _SCOPES.items():
        machine(side, f"machines/scope {name}", **({} if scope is None else {"scope": scope}))
        machine(side, f"machines/scope-of-machine {name}", "machine", **({} if scope is None else {"scope": scope}))
    for name, changes in _CHANGED.items():
        form = {key: value for key, value in {**_GOOD, **changes}.items() if value is not None}
        side.form(f"machines/{name}", "token", form)
    _authentication(side)
    _bodies(side)
    for name in ("grant_type", "client_id", "client_secret", "scope", "x"):
        twice = [*_GOOD.items(), ("scope", "email"), ("x", "1")]
        side.form(f"machines/twice {name}", "token", [*twice, *(one for one in twice if one[0] == name)])
    for name, origin in {"own": ORIGIN, "other": "https://evil.example", "null": "null", "empty": ""}.items():
        side.form(f"machines/origin {name}", "token", _GOOD, headers=[("Origin", origin)])
        side.form(
            f"machines/origin-refused {name}", "token", {**_GOOD, "scope": "no:such"}, headers=[("Origin", origin)]
        )
        bad = {**_GOOD, "client_secret": "wrong"}
        side.form(f"machines/origin-wrong-secret {name}", "token", bad, headers=[("Origin", origin)])


def _authentication(side: Side) -> None:
    grant = {"grant_type": "client_credentials"}
    side.form("machines/basic", "token", grant, basic=SVC)
    side.form("machines/basic wrong", "token", grant, basic=("svc", "wrong"))
    side.form("machines/basic unknown", "token", grant, basic=("nobody", SECRET))
    side.form("machines/basic empty", "token", grant, basic=("svc", ""))
    side.form("machines/basic public", "token", grant, basic=("web", "x"))
    side.form("machines/basic and-body", "token", _GOOD, basic=SVC)
    side.form("machines/basic other-body", "token", {**_GOOD, "client_id": "other"}, basic=SVC)
    side.form("machines/basic wrong-good-body", "token", _GOOD, basic=("svc", "wrong"))
    side.form("machines/basic good-wrong-body", "token", {**_GOOD, "client_secret": "wrong"}, basic=SVC)
    for name, value in {
        "scheme-only": "Basic",
        "no-base64": "Basic ???",
        "no-colon": "Basic " + base64.b64encode(b"svc").decode(),
        "case": "basic " + base64.b64encode(f"svc:{SECRET}".encode()).decode(),
        "two-blanks": "Basic  " + base64.b64encode(f"svc:{SECRET}".encode()).decode(),
        "bearer": "Bearer abc",
        "unknown-scheme": "Digest abc",
        "empty": "",
    }.items():
        side.form(f"machines/authorization {name}", "token", grant, headers=[("Authorization", value)])
        side.form(f"machines/authorization-and-body {name}", "token", _GOOD, headers=[("Authorization", value)])
    jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    for name, form in {
        "garbage": {"client_assertion_type": jwt, "client_assertion": "garbage"},
        "empty": {"client_assertion_type": jwt, "client_assertion": ""},
        "missing": {"client_assertion_type": jwt},
        "wrong-type": {"client_assertion_type": "something", "client_assertion": "garbage"},
        "no-type": {"client_assertion": "garbage"},
        "with-client": {"client_assertion_type": jwt, "client_assertion": "garbage", "client_id": "svc"},
    }.items():
        side.form(f"machines/assertion {name}", "token", {**grant, **form})


def _bodies(side: Side) -> None:
    good = urlencode(_GOOD)
    for name, (kind, body) in {
        "none": (None, None),
        "empty": (_FORM[1], ""),
        "json": ("application/json", '{"grant_type": "client_credentials"}'),
        "text": ("text/plain", good),
        "no-type": (None, good),
        "charset": (f"{_FORM[1]}; charset=UTF-8", good),
        "type-case": ("Application/X-WWW-Form-Urlencoded", good),
        "multipart": ("multipart/form-data; boundary=x", f"--x\r\n\r\n{good}\r\n--x--\r\n"),
        "semicolons": (_FORM[1], good.replace("&", ";")),
        "bad-percent": (_FORM[1], good + "&x=%zz"),
        "not-utf8": (_FORM[1], good + "&x=%ff%fe"),
        "no-equals": (_FORM[1], good + "&x"),
        "ends-with-and": (_FORM[1], good + "&"),
        "starts-with-and": (_FORM[1], "&" + good),
    }.items():
        side.send(f"machines/body {name}", "POST", "token", [("Content-Type", kind)] if kind else [], body)
    side.send("machines/in-query", "POST", side.url("token") + "?" + good)
    side.form(
        "machines/secret-in-query", side.url("token") + f"?client_secret={SECRET}", {**_GOOD, "client_secret": ""}
    )
    side.form("machines/scope-in-query", side.url("token") + "?scope=openid", _GOOD)
    for name, accept in {"html": "text/html", "xml": "application/xml", "jwt": "application/jwt"}.items():
        side.form(f"machines/accept {name}", "token", _GOOD, headers=[("Accept", accept)])
        side.form(f"machines/accept-refused {name}", "token", {}, headers=[("Accept", accept)])


def _lightweight(side: Side) -> None:
    for scope in ("", "openid", SCOPE):
        machine(side, f"machines-lightweight/scope {scope or 'none'}", **({"scope": scope} if scope else {}))


AREAS = (Area("machines", _ask), Area("machines-lightweight", _lightweight, Realm(lightweight=True)))
