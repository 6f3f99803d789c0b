"""keycloak-js as its documentation shows it: login-required and check-sso, with the iframes that it uses by default."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from browser.conftest import SECONDS
from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from browser.visits import log_in


def keycloak_app(make: MakeSinglePageApp, **init: Any) -> SinglePageApp:
    app = make("keycloak-js", "keycloak")
    # Its iframes have ten seconds otherwise, which a busy machine may take.
    init = {"messageReceiveTimeout": SECONDS * 1000, **init}
    app.config = {"server": {"url": app.vendor, "realm": "tasker", "clientId": "spa"}, "init": init}
    return app


def test_login_renewal_and_logout(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """The whole life of a session with `login-required`; the end of it in one tab sends the other to the login page."""
    app = keycloak_app(make_single_page_app, onLoad="login-required", checkLoginIframeInterval=1)
    page.goto(app.url)
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.authenticated && sdk.tokenParsed.preferred_username") == "ann"
    assert page.evaluate("sdk.loadUserProfile()")["email"] == "ann@example.com"
    assert page.evaluate("sdk.loadUserInfo()")["preferred_username"] == "ann"
    before = page.evaluate("sdk.token")
    assert page.evaluate("sdk.updateToken(-1)") is True
    assert page.evaluate("sdk.token") != before

    page.reload()
    app.ready(page)
    assert page.evaluate("sdk.authenticated") is True

    other = page.context.new_page()
    other.goto(app.url)
    app.ready(other)
    other.evaluate("sdk.logout()")
    other.get_by_label("Password").wait_for()
    page.get_by_label("Password").wait_for()
    assert [*dict.fromkeys(app.grants())] == ["authorization_code", "refresh_token"]


def test_a_session_is_found_silently(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """check-sso in an iframe, before and after the login, and without its user; the page is never sent away."""
    app = keycloak_app(make_single_page_app, onLoad="check-sso")
    app.config["init"]["silentCheckSsoRedirectUri"] = f"{app.url}/silent.html"
    app.open(page)
    assert page.evaluate("sdk.authenticated") is False
    page.evaluate("void sdk.login()")
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.authenticated") is True
    app.open(page)
    assert page.evaluate("sdk.authenticated") is True
    assert "iss=" not in page.url
    app.forget_user("ann")
    assert page.evaluate("sdk.updateToken(-1).catch(() => sdk.authenticated)") is False
    app.open(page)
    assert page.evaluate("sdk.authenticated") is False
