"""`python -m tests.browser.dashboard_picture`: the README's picture of the dashboard, from a server that is in use.

It carries a digest of what the page is made of, as that of the report does.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any, Final

import requests
from playwright.sync_api import sync_playwright

from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import IssuerSettings, ServerSettings

from .chromium import launch
from .picture import write

_ROOT: Final = Path(__file__).parents[2]
PICTURE: Final = _ROOT / "docs" / "dashboard.png"
_SIZE: Final = (1120, 1220)
_ISSUERS: Final = (
    IssuerSettings("default", "auth0", mount="root", audience="orders"),
    IssuerSettings("partner", "okta", audience="orders"),
    IssuerSettings("branch-7", "keycloak", audience="orders"),
)
_HOUR: Final = 3600.0


def digest() -> str:
    """That of the files that the page is made of."""
    room = _ROOT / "mock_idp" / "dashboard"
    files = sorted(file for folder in ("static", "templates") for file in (room / folder).iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def picture() -> bytes:
    """The first screen, for an issuer whose keys have rotated some times and from which things were asked."""
    with EmbeddedIdp(ServerSettings(port=0, issuers=_ISSUERS)) as idp, requests.Session() as session:
        session.trust_env = False
        _use(idp.url, session)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            try:
                size: Any = dict(zip(("width", "height"), _SIZE, strict=True))
                page = browser.new_page(viewport=size, color_scheme="light")
                page.goto(f"{idp.url}/_mock/ui#partner")
                page.locator("[data-part=log] li").first.wait_for()
                return page.screenshot()
            finally:
                browser.close()


def _use(url: str, session: requests.Session) -> None:
    """Two rotations and what follows them, some hours apart by the issuer's clock; then requests and a fault."""

    def control(method: str, path: str, body: Any = None) -> Any:
        answer = session.request(method, f"{url}/_mock/issuers/partner{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def at(hours: float) -> None:
        control("PUT", "/clock", {"offset_seconds": hours * _HOUR})

    about = control("GET", "")
    first = control("GET", "/keys/current")["kid"]
    for hours, change in (
        (6.0, lambda: control("POST", "/rotate")),
        (9.0, lambda: control("PATCH", f"/keys/{first}", {"state": "retired"})),
        (14.0, lambda: control("POST", "/rotate", {"habit": "immediate"})),
        (15.0, lambda: control("PATCH", f"/keys/{first}", {"state": "revoked"})),
        (18.0, lambda: None),
    ):
        at(hours)
        change()
    form = {"grant_type": "client_credentials", "client_id": "orders", "client_secret": "any", "scope": "notes:read"}
    session.get(about["discovery_url"], timeout=60)
    session.get(about["jwks_uri"], timeout=60)
    session.post(about["token_endpoint"], data=form, timeout=60)
    control("POST", "/faults", {"on": "jwks", "kind": "status", "status": 503, "times": 1})
    session.get(about["jwks_uri"], timeout=60)
    session.get(about["jwks_uri"], timeout=60)


def main() -> int:
    """Take the picture and write it."""
    write(picture(), PICTURE, digest())
    print(f"{PICTURE.relative_to(_ROOT)}: {PICTURE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
