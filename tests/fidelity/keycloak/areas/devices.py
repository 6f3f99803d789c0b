"""The device flow."""

from __future__ import annotations

from urllib.parse import urlencode

from mock_idp.vendors.grant_types import DEVICE_CODE

from ..browser import Browser
from ..realm import ORIGIN, PASSWORD, SCOPE
from ..sides import Answer, Side
from . import Area
from .common import CHALLENGE, SVC, VERIFIER, credentials, login

_ALLOW = {"accept": "Yes", "action": "allow"}


def _poll(side: Side, name: str, code: str, **more: str) -> Answer:
    return side.form(name, "token", {"grant_type": DEVICE_CODE, **credentials(), "device_code": code, **more})


def _ask(side: Side) -> None:
    for name, form in {
        "good": credentials(),
        "scope": {**credentials(), "scope": f"openid {SCOPE}"},
        "unknown-scope": {**credentials(), "scope": "nothing:known"},
        "empty-scope": {**credentials(), "scope": ""},
        "public": {"client_id": "web"},
        "not-allowed": credentials("login-only"),
        "machine": credentials("machine"),
        "wrong-secret": {**credentials(), "client_secret": "wrong"},
        "no-secret": {"client_id": "svc"},
        "unknown-client": credentials("nobody"),
        "no-client": {},
        "challenge": {
            "client_id": "web",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        },
        "pkce-missing": {"client_id": "pkce"},
    }.items():
        side.form(f"devices/begin {name}", "device", form)
    side.form("devices/begin twice", "device", [*credentials().items(), ("scope", "openid"), ("scope", "openid")])
    code = side.form("", "device", credentials()).text("device_code")
    _poll(side, "devices/pending", code)
    _poll(side, "devices/slow", code)
    _poll(side, "devices/other-client", code, client_id="other")
    _poll(side, "devices/garbage", "garbage")
    _poll(side, "devices/empty", "")
    side.form("devices/missing", "token", {"grant_type": DEVICE_CODE, **credentials()})
    side.form(
        "devices/not-allowed", "token", {"grant_type": DEVICE_CODE, **credentials("login-only"), "device_code": code}
    )
    _decided(side, "allow", _ALLOW)
    _decided(side, "deny", {"cancel": "No", "action": "deny"})
    _proof(side)
    _pages(side)
    browser = Browser(side)
    browser.get("devices/page", side.issuer + "/device")
    browser.get("devices/page code", side.issuer + "/device?user_code=ABCD-EFGH")


def _decided(side: Side, name: str, decision: dict[str, str]) -> None:
    begun = side.form("", "device", {**credentials(), "scope": "openid"})
    _answer(side, name, begun, decision)
    tokens = _poll(side, f"devices/{name}", begun.text("device_code"))
    _poll(side, f"devices/{name} again", begun.text("device_code"))
    browser = Browser(side)
    browser.get(f"devices/{name} code again", begun.text("verification_uri_complete"))
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": tokens.text("refresh_token")}
    side.form(f"devices/{name} refresh", "token", form)
    bearer = [("Authorization", f"Bearer {tokens.text('access_token')}")]
    side.send(f"devices/{name} userinfo", "GET", "userinfo", bearer)


def _answer(side: Side, name: str, begun: Answer, decision: dict[str, str]) -> None:
    browser = Browser(side)
    page = browser.arrive(browser.get(f"devices/{name} page", begun.text("verification_uri_complete")))
    fields = {"username": "ann", "password": PASSWORD, "user_code": begun.text("user_code")}
    if b'name="password"' in page.body and b"kc-" in page.body:
        # Keycloak asks who it is, then whether; the mock asks both on one page.
        page = browser.arrive(browser.submit("", page, fields))
    browser.submit(f"devices/{name} decided", page, {**fields, **decision})


def _proof(side: Side) -> None:
    """A public client with PKCE, and other ways to ask."""
    begin = {"client_id": "web", "scope": "openid", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    form = {"grant_type": DEVICE_CODE, "client_id": "web"}
    for name, started, proof in (
        ("none", begin, {}),
        ("wrong", begin, {"code_verifier": VERIFIER[::-1]}),
        ("right", begin, {"code_verifier": VERIFIER}),
        ("unasked", {"client_id": "web", "scope": "openid"}, {"code_verifier": VERIFIER}),
    ):
        begun = side.form("", "device", started)
        _answer(side, f"pkce {name}", begun, _ALLOW)
        code = begun.text("device_code")
        side.form(f"devices/pkce {name}", "token", {**form, **proof, "device_code": code})
    for name, more in {
        "plain": {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        "no-method": {"code_challenge": CHALLENGE},
        "short": {"code_challenge": "short", "code_challenge_method": "S256"},
        "unknown-method": {"code_challenge": CHALLENGE, "code_challenge_method": "S512"},
        "offline": {"scope": "openid offline_access"},
        "nonce": {"nonce": "n-1"},
        "unknown-parameter": {"x": "y"},
    }.items():
        side.form(f"devices/begin {name}", "device", {"client_id": "web", **more})
    side.form("devices/begin basic", "device", {"scope": "openid"}, basic=SVC)
    side.form("devices/begin basic wrong", "device", {"scope": "openid"}, basic=("svc", "wrong"))
    side.form("devices/begin origin", "device", credentials(), headers=[("Origin", ORIGIN)])
    side.form("devices/begin other-origin", "device", credentials(), headers=[("Origin", "https://evil.example")])
    side.form("devices/wrong-secret", "token", {**form, **credentials(), "client_secret": "wrong"})
    side.form("devices/twice", "token", [*form.items(), ("device_code", code)])


def _pages(side: Side) -> None:
    """The code as people type it; what a session and a wrong password make of it."""
    begun = side.form("", "device", {**credentials(), "scope": "openid offline_access"})
    browser = Browser(side)
    page = browser.arrive(browser.get("devices/typed page", begun.text("verification_uri")))
    wrong = browser.submit("devices/typed wrong", page, {"device_user_code": "AAAA-AAAA", "user_code": "AAAA-AAAA"})
    browser.arrive(wrong)
    browser, _ = login(side)
    browser.get("devices/logged-in page", begun.text("verification_uri_complete"))
    for name, code in {
        "lower": begun.text("user_code").lower(),
        "no-dash": begun.text("user_code").replace("-", ""),
        "blanks": f" {begun.text('user_code')} ",
    }.items():
        browser = Browser(side)
        browser.get(f"devices/typed {name}", f"{begun.text('verification_uri')}?{urlencode({'user_code': code})}")


AREAS = (Area("devices", _ask),)
