"""Tokens for users by name and password."""

from __future__ import annotations

from ..realm import ORIGIN, PASSWORD, SCOPE
from ..sides import Side
from . import Area
from .common import credentials, person

_SCOPES = (
    "",
    "openid",
    "profile",
    "openid profile email",
    "openid address phone",
    "openid offline_access",
    "offline_access",
)
_OTHER_SCOPES = (
    SCOPE,
    f"openid {SCOPE}",
    "openid roles",
    "openid acr",
    "openid microprofile-jwt",
    "nothing:known",
    "openid  email",
)
_CHANGED: dict[str, dict[str, str | None]] = {
    "wrong-password": {"password": "wrong"},
    "empty-password": {"password": ""},
    "no-password": {"password": None},
    "unknown-user": {"username": "nobody"},
    "empty-user": {"username": ""},
    "no-user": {"username": None},
    "neither": {"username": None, "password": None},
    "user-case": {"username": "ANN"},
    "user-by-address": {"username": "ann@app.example"},
    "user-blanks": {"username": " ann "},
    "second-user": {"username": "bob"},
    "no-grant": {"client_id": "login-only"},
    "machine-only": {"client_id": "machine"},
    "public": {"client_id": "web", "client_secret": None},
    "wrong-secret": {"client_secret": "wrong"},
    "unknown-client": {"client_id": "nobody"},
    "no-client": {"client_id": None, "client_secret": None},
    "nonce": {"nonce": "n-1"},
    "acr": {"acr_values": "2"},
    "claims": {"claims": '{"id_token": {"email": null}}'},
    "audience": {"audience": "other"},
    "totp": {"totp": "123456"},
}


def _ask(side: Side) -> None:
    for scope in (*_SCOPES, *_OTHER_SCOPES):
        named = scope or "none"
        answer = person(side, f"passwords/scope {named}", scope=scope) if scope else _without_scope(side)
        bearer = [("Authorization", f"Bearer {answer.text('access_token')}")]
        side.send(f"passwords/userinfo {named}", "GET", "userinfo", bearer)
        form = {"token": answer.text("access_token"), **credentials()}
        side.form(f"passwords/introspect {named}", "introspect", form)
        again = {"grant_type": "refresh_token", **credentials(), "refresh_token": answer.text("refresh_token")}
        side.form(f"passwords/refresh {named}", "token", again)
    good = {"grant_type": "password", **credentials(), "username": "ann", "password": PASSWORD, "scope": "openid"}
    for name, changes in _CHANGED.items():
        form = {key: value for key, value in {**good, **changes}.items() if value is not None}
        side.form(f"passwords/{name}", "token", form)
    for name in ("username", "password"):
        side.form(f"passwords/twice {name}", "token", [*good.items(), (name, good[name])])
    for name, origin in {"own": ORIGIN, "other": "https://evil.example"}.items():
        side.form(f"passwords/origin {name}", "token", good, headers=[("Origin", origin)])
    side.admin.put_user("bob", {"enabled": False})
    person(side, "passwords/user-off", username="bob")


def _without_scope(side: Side):
    form = {"grant_type": "password", **credentials(), "username": "ann", "password": PASSWORD}
    return side.form("passwords/scope none", "token", form)


AREAS = (Area("passwords", _ask),)
