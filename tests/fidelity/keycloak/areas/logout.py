"""The end of a session, with a browser and without."""

from __future__ import annotations

from urllib.parse import urlencode

from ..realm import AFTER_LOGOUT, SECRET
from ..sides import Answer, Side
from . import Area
from .common import by_code, credentials, login, person


def _after(side: Side, name: str, tokens: Answer, client: dict[str, str]) -> None:
    """What is left of the session."""
    form = {"grant_type": "refresh_token", **client, "refresh_token": tokens.text("refresh_token")}
    side.form(f"{name} refresh", "token", form)
    bearer = [("Authorization", f"Bearer {tokens.text('access_token')}")]
    side.send(f"{name} userinfo", "GET", "userinfo", bearer)


def _ask(side: Side) -> None:
    web = {"client_id": "web"}
    for name, more in {
        "plain": {},
        "back": {"post_logout_redirect_uri": AFTER_LOGOUT},
        "back-state": {"post_logout_redirect_uri": AFTER_LOGOUT, "state": "s 1"},
        "other-back": {"post_logout_redirect_uri": "https://evil.example/bye"},
        "client-and-back": {"post_logout_redirect_uri": AFTER_LOGOUT, "client_id": "web"},
        "other-client": {"post_logout_redirect_uri": AFTER_LOGOUT, "client_id": "svc"},
        "hint": {"logout_hint": "ann", "ui_locales": "de"},
    }.items():
        browser, code = login(side)
        tokens = by_code(side, "", code)
        parameters = {"id_token_hint": tokens.text("id_token"), **more}
        browser.get(f"logout/browser {name}", f"{side.url('logout')}?{urlencode(parameters)}")
        _after(side, f"logout/browser {name}", tokens, web)
        tokens = person(side)
        parameters["id_token_hint"] = tokens.text("id_token")
        side.send(f"logout/GET {name}", "GET", f"{side.url('logout')}?{urlencode(parameters)}")
        _after(side, f"logout/GET {name}", tokens, credentials())
        tokens = person(side)
        parameters["id_token_hint"] = tokens.text("id_token")
        side.form(f"logout/POST {name}", "logout", parameters)
        _after(side, f"logout/POST {name}", tokens, credentials())
    for name, parameters in {
        "nothing": {},
        "back-alone": {"post_logout_redirect_uri": AFTER_LOGOUT},
        "client-alone": {"client_id": "web"},
        "client-back": {"client_id": "web", "post_logout_redirect_uri": AFTER_LOGOUT},
        "client-other-back": {"client_id": "web", "post_logout_redirect_uri": "https://evil.example/"},
        "unknown-client": {"client_id": "nobody", "post_logout_redirect_uri": AFTER_LOGOUT},
        "hint-garbage": {"id_token_hint": "garbage"},
        "hint-access": {"id_token_hint": person(side).text("access_token")},
        "legacy": {"redirect_uri": AFTER_LOGOUT},
    }.items():
        side.send(f"logout/GET {name}", "GET", f"{side.url('logout')}?{urlencode(parameters)}")
        side.form(f"logout/POST {name}", "logout", parameters)
    _by_refresh_token(side)


def _by_refresh_token(side: Side) -> None:
    tokens = person(side)
    token = tokens.text("refresh_token")
    for name, form in {
        "garbage": {**credentials(), "refresh_token": "garbage"},
        "empty": {**credentials(), "refresh_token": ""},
        "access": {**credentials(), "refresh_token": tokens.text("access_token")},
        "wrong-secret": {"client_id": "svc", "client_secret": "wrong", "refresh_token": token},
        "no-secret": {"client_id": "svc", "refresh_token": token},
        "no-client": {"refresh_token": token},
        "unknown-client": {"client_id": "nobody", "client_secret": SECRET, "refresh_token": token},
        "other-client": {**credentials("other"), "refresh_token": token},
        "public-client": {"client_id": "web", "refresh_token": token},
        "good": {**credentials(), "refresh_token": token},
        "twice": {**credentials(), "refresh_token": token},
    }.items():
        side.form(f"logout/refresh {name}", "logout", form)
    _after(side, "logout/refresh good", tokens, credentials())


AREAS = (Area("logout", _ask),)
