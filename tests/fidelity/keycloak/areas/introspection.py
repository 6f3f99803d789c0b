"""Introspection and revocation."""

from __future__ import annotations

from ..realm import CLIENTS, ORIGIN, SECRET, Client, Realm
from ..sides import Answer, Side
from . import Area
from .common import SVC, credentials, machine, person


def _kinds(side: Side, client_id: str = "svc") -> dict[str, str]:
    """Tokens of every kind, and what isn't one."""
    user: Answer = person(side, client_id=client_id)
    access = user.text("access_token")
    return {
        "machine": machine(side, client_id=client_id).text("access_token"),
        "user": access,
        "refresh": user.text("refresh_token"),
        "id": user.text("id_token"),
        "garbage": "garbage",
        "jwt-like": "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
        "tampered": access[:-4] + ("AAAA" if not access.endswith("AAAA") else "BBBB"),
        "empty": "",
    }


def _ask(side: Side) -> None:
    tokens = _kinds(side)
    for kind, token in tokens.items():
        side.form(f"introspection/{kind}", "introspect", {**credentials(), "token": token})
        for hint in ("access_token", "refresh_token", "requesting_party_token", "something", ""):
            form = {**credentials(), "token": token, "token_type_hint": hint}
            side.form(f"introspection/{kind} hint {hint or 'empty'}", "introspect", form)
        side.form(f"introspection/{kind} by-other", "introspect", {**credentials("other"), "token": token})
        side.form(f"introspection/{kind} by-public", "introspect", {"client_id": "web", "token": token})
    good = {**credentials(), "token": tokens["user"]}
    for name, changes in {
        "no-token": {"token": None},
        "wrong-secret": {"client_secret": "wrong"},
        "no-secret": {"client_secret": None},
        "unknown-client": {"client_id": "nobody"},
        "no-client": {"client_id": None, "client_secret": None},
        "nothing": {"token": None, "client_id": None, "client_secret": None},
        "by-api": {"client_id": "tasker-api", "client_secret": None},
        "by-machine": {"client_id": "machine"},
        "by-login-only": {"client_id": "login-only"},
    }.items():
        form = {key: value for key, value in {**good, **changes}.items() if value is not None}
        side.form(f"introspection/{name}", "introspect", form)
        side.form(f"revocation/{name}", "revoke", form)
    side.form("introspection/basic", "introspect", {"token": tokens["user"]}, basic=SVC)
    side.form("introspection/basic wrong", "introspect", {"token": tokens["user"]}, basic=("svc", "wrong"))
    bearer = [("Authorization", f"Bearer {tokens['machine']}")]
    side.form("introspection/bearer", "introspect", {"token": tokens["user"]}, headers=bearer)
    side.form("introspection/twice", "introspect", [*good.items(), ("token", tokens["user"])])
    side.form("introspection/origin", "introspect", good, headers=[("Origin", ORIGIN)])
    side.form("introspection/other-origin", "introspect", good, headers=[("Origin", "https://evil.example")])
    side.form(
        "introspection/accept-jwt", "introspect", good, headers=[("Accept", "application/token-introspection+jwt")]
    )
    side.form("introspection/accept-jwt2", "introspect", good, headers=[("Accept", "application/jwt")])
    side.send("introspection/json", "POST", "introspect", [("Content-Type", "application/json")], '{"token": "x"}')
    side.send("introspection/no-body", "POST", "introspect")
    side.form("introspection/secret-form-empty", "introspect", {**good, "client_secret": ""})
    _revocation(side)


def _revocation(side: Side) -> None:
    for kind in ("machine", "user", "refresh", "id", "garbage", "jwt-like", "tampered", "empty"):
        for name, more in {
            "": {},
            " hint": {"token_type_hint": "refresh_token"},
            " odd-hint": {"token_type_hint": "x"},
        }.items():
            tokens = _kinds(side)
            form = {**credentials(), "token": tokens[kind], **more}
            side.form(f"revocation/{kind}{name}", "revoke", form)
            if name or kind in ("garbage", "jwt-like", "tampered", "empty"):
                continue
            side.form(f"revocation/{kind} again", "revoke", form)
            for what in ("machine", "user"):
                after = {**credentials(), "token": tokens[what]}
                side.form(f"revocation/{kind} introspect {what}", "introspect", after)
            refreshing = {"grant_type": "refresh_token", **credentials(), "refresh_token": tokens["refresh"]}
            side.form(f"revocation/{kind} refresh", "token", refreshing)
            bearer = [("Authorization", f"Bearer {tokens['user']}")]
            side.send(f"revocation/{kind} userinfo", "GET", "userinfo", bearer)
    tokens = _kinds(side)
    side.form("revocation/other-client", "revoke", {**credentials("other"), "token": tokens["refresh"]})
    side.form("revocation/public-client", "revoke", {"client_id": "web", "token": tokens["refresh"]})
    side.form("revocation/basic", "revoke", {"token": tokens["user"]}, basic=SVC)
    side.form("revocation/basic wrong", "revoke", {"token": tokens["user"]}, basic=("svc", "wrong"))
    side.form("revocation/origin", "revoke", {**credentials(), "token": "x"}, headers=[("Origin", ORIGIN)])
    side.form(
        "revocation/other-origin",
        "revoke",
        {**credentials(), "token": "x"},
        headers=[("Origin", "https://evil.example")],
    )
    side.form("revocation/twice", "revoke", [*credentials().items(), ("token", "x"), ("token", "x")])


def _in_audience(side: Side) -> None:
    """A confidential client that bears the name of the API: it is in `aud`, so that it may introspect."""
    for kind, token in _kinds(side).items():
        form = {"client_id": "tasker-api", "client_secret": SECRET, "token": token}
        side.form(f"audience/{kind}", "introspect", form)
        for hint in ("access_token", "refresh_token"):
            side.form(f"audience/{kind} hint {hint}", "introspect", {**form, "token_type_hint": hint})


AREAS = (
    Area("introspection", _ask),
    Area("audience", _in_audience, Realm(clients=(*CLIENTS, Client("tasker-api", mapped=False)))),
)
