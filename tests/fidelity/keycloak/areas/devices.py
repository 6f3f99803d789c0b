"""The device flow."""

from __future__ import annotations

from mock_idp.vendors.grant_types import DEVICE_CODE

from ..browser import Browser
from ..realm import PASSWORD, SCOPE
from ..sides import Answer, Side
from . import Area
from .common import credentials


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
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
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
    _decided(side, "allow", {"accept": "Yes", "action": "allow"})
    _decided(side, "deny", {"cancel": "No", "action": "deny"})
    browser = Browser(side)
    browser.get("devices/page", side.issuer + "/device")
    browser.get("devices/page code", side.issuer + "/device?user_code=ABCD-EFGH")


def _decided(side: Side, name: str, decision: dict[str, str]) -> None:
    begun = side.form("", "device", {**credentials(), "scope": "openid"})
    browser = Browser(side)
    page = browser.arrive(browser.get(f"devices/{name} page", begun.text("verification_uri_complete")))
    fields = {"username": "ann", "password": PASSWORD}
    if b'name="password"' in page.body and b"kc-" in page.body:
        # Keycloak asks who it is, then whether; the mock asks both on one page.
        page = browser.arrive(browser.submit("", page, fields))
    browser.submit(f"devices/{name} decided", page, {**fields, **decision})
    _poll(side, f"devices/{name}", begun.text("device_code"))
    _poll(side, f"devices/{name} again", begun.text("device_code"))


AREAS = (Area("devices", _ask),)
