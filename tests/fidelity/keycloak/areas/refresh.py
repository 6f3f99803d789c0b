"""Refresh tokens, and what refuses them."""

from __future__ import annotations

from urllib.parse import urlencode

from ..realm import SCOPE
from ..sides import Side
from . import Area
from .common import authorization, by_code, credentials, login, machine, person


def _ask(side: Side) -> None:
    good = person(side, scope="openid")
    token = good.text("refresh_token")

    def again(name: str, token: str | None, **more: str) -> None:
        form = {"grant_type": "refresh_token", **credentials(), **more}
        side.form(f"refresh/{name}", "token", form if token is None else {**form, "refresh_token": token})

    again("good", token)
    again("twice", token)
    for scope in (
        "openid",
        "openid email",
        "email",
        "openid offline_access",
        "openid address",
        SCOPE,
        "nothing:known",
        "",
    ):
        again(f"scope {scope or 'empty'}", token, scope=scope)
    again("missing", None)
    again("empty", "")
    again("garbage", "garbage")
    again("jwt-like", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA")
    again("access-token", good.text("access_token"))
    again("id-token", good.text("id_token"))
    again("tampered", token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB"))
    again("cut", token.rpartition(".")[0] + ".")
    again("other-client", token, client_id="other")
    again("wrong-secret", token, client_secret="wrong")
    again("unknown-client", token, client_id="nobody")
    again("machine-client", token, client_id="machine")
    again("of-a-machine", machine(side).text("refresh_token"))
    side.form(
        "refresh/public-client", "token", {"grant_type": "refresh_token", "client_id": "web", "refresh_token": token}
    )
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": token}
    side.form("refresh/twice-parameter", "token", [*form.items(), ("refresh_token", token)])
    _offline(side)
    _ended(side)
    _changed(side)
    _, code = login(side)
    tokens = by_code(side, "refresh/by-code", code)
    form = {"grant_type": "refresh_token", "client_id": "web", "refresh_token": tokens.text("refresh_token")}
    later = side.form("refresh/public", "token", form)
    form["refresh_token"] = later.text("refresh_token")
    side.form("refresh/public again", "token", form)
    _come_back(side)


def _come_back(side: Side) -> None:
    """A browser that logs in once more while its client has a refresh token: by its cookie, for another client, by the
    password.
    """
    browser, code = login(side)
    tokens = by_code(side, "", code)
    form = {"grant_type": "refresh_token", "client_id": "web", "refresh_token": tokens.text("refresh_token")}
    for name, client_id, more in (
        ("other client", "svc", {}),
        ("cookie", "web", {}),
        ("other client again", "svc", {}),
        ("password", "web", {"prompt": "login"}),
    ):
        url = f"{side.url('auth')}?{urlencode(authorization(client_id, **more))}"
        if more:
            browser.log_in("", url, "ann")
        else:
            browser.get("", url)
        side.form(f"refresh/come back {name}", "token", form)


def _offline(side: Side) -> None:
    offline = person(side, "refresh/offline first", scope="openid offline_access")
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": offline.text("refresh_token")}
    side.form("refresh/offline", "token", form)
    side.form("refresh/offline scope", "token", {**form, "scope": "openid"})
    side.form("refresh/offline logout", "logout", {**credentials(), "refresh_token": form["refresh_token"]})
    side.form("refresh/offline after-logout", "token", form)


def _ended(side: Side) -> None:
    for way, where, member in (
        ("logout", "logout", "refresh_token"),
        ("revoked", "revoke", "token"),
    ):
        ended = person(side)
        side.form(f"refresh/{way} itself", where, {**credentials(), member: ended.text("refresh_token")})
        form = {"grant_type": "refresh_token", **credentials(), "refresh_token": ended.text("refresh_token")}
        side.form(f"refresh/{way}", "token", form)
        bearer = [("Authorization", f"Bearer {ended.text('access_token')}")]
        side.send(f"refresh/{way} userinfo", "GET", "userinfo", bearer)
        side.form(f"refresh/{way} introspect", "introspect", {**credentials(), "token": ended.text("access_token")})


def _changed(side: Side) -> None:
    """Users and clients who are gone or off since."""
    of_bob, of_other = person(side, username="bob"), person(side, client_id="other")
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": of_bob.text("refresh_token")}
    bearer = [("Authorization", f"Bearer {of_bob.text('access_token')}")]
    side.admin.put_user("bob", {"enabled": False})
    side.form("refresh/user-off", "token", form)
    side.send("refresh/user-off userinfo", "GET", "userinfo", bearer)
    side.form("refresh/user-off introspect", "introspect", {**credentials(), "token": of_bob.text("access_token")})
    side.admin.put_client("other", {"enabled": False})
    form = {"grant_type": "refresh_token", **credentials("other"), "refresh_token": of_other.text("refresh_token")}
    side.form("refresh/client-off", "token", form)
    bearer = [("Authorization", f"Bearer {of_other.text('access_token')}")]
    side.send("refresh/client-off userinfo", "GET", "userinfo", bearer)
    side.form("refresh/client-off introspect", "introspect", {**credentials(), "token": of_other.text("access_token")})
    machine(side, "refresh/client-off machine", "other")


AREAS = (Area("refresh", _ask),)
