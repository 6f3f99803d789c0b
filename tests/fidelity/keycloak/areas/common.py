"""What several areas do: tokens by the short ways."""

from __future__ import annotations

import threading
import time

from ..browser import Browser, query_of
from ..realm import CALLBACK, PASSWORD, SECRET
from ..sides import Answer, Side

SVC = ("svc", SECRET)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Of that verifier by S256: the pair of RFC 7636 appendix B."""


def credentials(client_id: str = "svc") -> dict[str, str]:
    return {"client_id": client_id, "client_secret": SECRET}


def machine(side: Side, name: str = "", client_id: str = "svc", **more: str) -> Answer:
    """A token of a client of its own."""
    return side.form(name, "token", {"grant_type": "client_credentials", **credentials(client_id), **more})


def person(side: Side, name: str = "", client_id: str = "svc", username: str = "ann", **more: str) -> Answer:
    """Tokens for a user by the password; with `openid` unless `scope` says otherwise."""
    form = {"grant_type": "password", **credentials(client_id), "username": username, "password": PASSWORD}
    return side.form(name, "token", {**form, "scope": "openid", **more})


def authorization(client_id: str = "web", **more: str) -> dict[str, str]:
    """The parameters of an authorization request; a None among `more` leaves one out."""
    usual = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "state": "s-1",
    }
    return {**usual, **more}


def login(side: Side, name: str = "", client_id: str = "web", **more: str) -> tuple[Browser, str]:
    """A browser that has logged in as ann, and the code it came back with."""
    from urllib.parse import urlencode

    browser = Browser(side)
    answer = browser.log_in(name, f"{side.url('auth')}?{urlencode(authorization(client_id, **more))}", "ann")
    return browser, query_of(answer).get("code", "no-code-came")


def by_code(side: Side, name: str, code: str, client_id: str = "web", **more: str) -> Answer:
    """The tokens for a code."""
    form = {"grant_type": "authorization_code", "client_id": client_id, "redirect_uri": CALLBACK, "code": code}
    return side.form(name, "token", {**form, **more})


def let_a_second_begin() -> None:
    """Wait until the clock that both sides have shows another second."""
    begun = int(time.time())
    while int(time.time()) == begun:
        threading.Event().wait(begun + 1 - time.time())
