"""The userinfo endpoint."""

from __future__ import annotations

from ..realm import ORIGIN
from ..sides import Side
from . import Area
from .common import by_code, login, machine, person


def _ask(side: Side) -> None:
    user = person(side, scope="openid profile email")
    access = user.text("access_token")
    tokens = {
        "good": access,
        "bob": person(side, username="bob", scope="openid email").text("access_token"),
        "no-openid": person(side, scope="email").text("access_token"),
        "address": person(side, scope="openid address phone").text("access_token"),
        "machine": machine(side).text("access_token"),
        "machine-openid": machine(side, scope="openid").text("access_token"),
        "id-token": user.text("id_token"),
        "refresh-token": user.text("refresh_token"),
        "garbage": "garbage",
        "jwt-like": "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
        "tampered": access[:-4] + ("AAAA" if not access.endswith("AAAA") else "BBBB"),
        "empty": "",
        "by-code": by_code(side, "", login(side)[1]).text("access_token"),
    }
    for name, token in tokens.items():
        bearer = [("Authorization", f"Bearer {token}")]
        side.send(f"userinfo/GET {name}", "GET", "userinfo", bearer)
        side.send(f"userinfo/POST {name}", "POST", "userinfo", bearer)
        side.form(f"userinfo/form {name}", "userinfo", {"access_token": token})
    good = ("Authorization", f"Bearer {access}")
    for name, headers in {
        "none": [],
        "basic": [("Authorization", "Basic abc")],
        "scheme-case": [("Authorization", f"bearer {access}")],
        "two-blanks": [("Authorization", f"Bearer  {access}")],
        "scheme-only": [("Authorization", "Bearer")],
        "dpop": [("Authorization", f"DPoP {access}")],
        "no-scheme": [("Authorization", access)],
        "jwt": [good, ("Accept", "application/jwt")],
        "html": [good, ("Accept", "text/html")],
        "origin": [good, ("Origin", ORIGIN)],
        "other-origin": [good, ("Origin", "https://evil.example")],
        "garbage-origin": [("Authorization", "Bearer garbage"), ("Origin", ORIGIN)],
    }.items():
        side.send(f"userinfo/{name}", "GET", "userinfo", headers)
    side.send("userinfo/in-query", "GET", f"{side.url('userinfo')}?access_token={access}")
    side.form("userinfo/header-and-form", "userinfo", {"access_token": access}, headers=[good])
    side.form("userinfo/form twice", "userinfo", [("access_token", access), ("access_token", access)])
    side.form("userinfo/form other", "userinfo", {"x": "y"})


AREAS = (Area("userinfo", _ask),)
