"""The end of a session, with a browser and without."""

from __future__ import annotations

from urllib.parse import urlencode

from ..realm import AFTER_LOGOUT, CALLBACK, ORIGIN, SECRET
from ..sides import Answer, Side
from . import Area
from .common import SVC, authorization, by_code, credentials, login, person


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
    _in_a_browser(side)


def _in_a_browser(side: Side) -> None:
    """What is asked and left where a browser has the session; offline sessions; what comes after the end."""
    web, url = {"client_id": "web"}, side.url("logout")
    for name, parameters in {
        "no hint": {},
        "no hint, client": web,
        "no hint, back": {**web, "post_logout_redirect_uri": AFTER_LOGOUT, "state": "s-1"},
    }.items():
        browser, code = login(side)
        tokens = by_code(side, "", code)
        page = browser.arrive(browser.get(f"logout/{name}", f"{url}?{urlencode(parameters)}"))
        _after(side, f"logout/{name} asked", tokens, web)
        browser.arrive(browser.submit(f"logout/{name} confirmed", page, {"confirmLogout": "Logout"}))
    browser, code = login(side)
    tokens = by_code(side, "", code)
    hint = {"id_token_hint": tokens.text("id_token")}
    for name in ("first", "again"):
        browser.get(f"logout/{name}", f"{url}?{urlencode({**hint, 'post_logout_redirect_uri': AFTER_LOGOUT})}")
    none = urlencode(authorization(prompt="none"))
    browser.get("logout/silent after", f"{side.url('auth')}?{none}")
    side.send("logout/code after", "GET", "userinfo", [("Authorization", f"Bearer {tokens.text('access_token')}")])
    browser, code = login(side)
    tokens = by_code(side, "", code)
    form = {**web, "refresh_token": tokens.text("refresh_token")}
    side.form("logout/by refresh token", "logout", form)
    browser.get("logout/by refresh token silent", f"{side.url('auth')}?{none}")
    _, code = login(side)
    side.form(
        "logout/code of nobody", "logout", {**web, "refresh_token": by_code(side, "", code).text("refresh_token")}
    )
    by_code(side, "logout/code again", code)
    tokens = person(side, scope="openid offline_access")
    both = person(side)
    side.send("logout/offline", "GET", f"{url}?{urlencode({'id_token_hint': tokens.text('id_token')})}")
    _after(side, "logout/offline", tokens, credentials())
    _after(side, "logout/offline other", both, credentials())
    form = {**credentials(), "refresh_token": both.text("refresh_token"), "id_token_hint": both.text("id_token")}
    side.form("logout/both", "logout", form)
    _after(side, "logout/both", both, credentials())
    for name, back in {
        "slash": AFTER_LOGOUT + "/",
        "query": AFTER_LOGOUT + "?a=b",
        "fragment": AFTER_LOGOUT + "#a",
        "case": AFTER_LOGOUT.upper(),
        "callback": CALLBACK,
        "relative": "/bye",
        "empty": "",
    }.items():
        parameters = {"id_token_hint": person(side).text("id_token"), "post_logout_redirect_uri": back}
        side.send(f"logout/back {name}", "GET", f"{url}?{urlencode(parameters)}")
    parameters = {"id_token_hint": person(side).text("id_token"), "post_logout_redirect_uri": AFTER_LOGOUT, "state": ""}
    side.send("logout/empty state", "GET", f"{url}?{urlencode(parameters)}")
    twice = [*parameters.items(), ("post_logout_redirect_uri", AFTER_LOGOUT)]
    side.send("logout/twice", "GET", f"{url}?{urlencode(twice)}")
    for name, origin in (("origin", ORIGIN), ("other-origin", "https://evil.example")):
        refresh = person(side).text("refresh_token")
        form = {**credentials(), "refresh_token": refresh}
        side.form(f"logout/refresh {name}", "logout", form, headers=[("Origin", origin)])
    side.form("logout/refresh basic", "logout", {"refresh_token": person(side).text("refresh_token")}, basic=SVC)
    side.form("logout/refresh basic wrong", "logout", {"refresh_token": refresh}, basic=("svc", "wrong"))
    id_token = person(side).text("id_token")
    side.form("logout/refresh id-token", "logout", {**credentials(), "refresh_token": id_token})
    tokens = person(side, scope="openid offline_access")
    side.form("logout/refresh offline", "logout", {**credentials(), "refresh_token": tokens.text("refresh_token")})
    _after(side, "logout/refresh offline", tokens, credentials())
    side.send("logout/PUT", "PUT", "logout")
    side.send("logout/JSON", "POST", "logout", [("Content-Type", "application/json")], "{}")
    side.send("logout/HEAD", "HEAD", "logout")


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
