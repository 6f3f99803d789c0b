"""msal-browser: an https authority that it is told to trust, and the page of its redirect bridge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import SECONDS
from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from browser.visits import log_in
from mock_idp.vendors import VENDORS

TENANT = VENDORS["entra"].option_schemas["tenant"]["default"]
SCOPES = "scopes: ['openid', 'profile', 'api://tasker-api/.default']"
SILENT = f"sdk.acquireTokenSilent({{ {SCOPES}, account: sdk.getAllAccounts()[0], %s }})"
TOKEN = f"{SILENT}.then((got) => got.accessToken.slice(0, 2), (error) => error.errorCode)"
BY_TOKEN, IN_IFRAME = "forceRefresh: true", "forceRefresh: true, cacheLookupPolicy: 5"
ACCOUNTS = "sdk.getAllAccounts().map((one) => one.username)"


@pytest.fixture
def trusting_page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that takes any certificate."""
    with chromium.new_context(ignore_https_errors=True) as context:
        context.set_default_timeout(SECONDS * 1000)
        yield context.new_page()


def msal_app(make: MakeSinglePageApp) -> SinglePageApp:
    app = make("@azure/msal-browser", "entra", tls=True)
    app.config = {
        "auth": {
            "clientId": "spa",
            "authority": f"{app.vendor}/{TENANT}",
            "knownAuthorities": [app.vendor.removeprefix("https://")],
            "redirectUri": f"{app.url}/redirected.html",
        },
        "cache": {"cacheLocation": "localStorage"},
        # Its iframes have ten seconds otherwise, which a busy machine may take.
        "system": {"iframeBridgeTimeout": SECONDS * 1000},
    }
    return app


def log_in_by_redirect(app: SinglePageApp, page: Page) -> None:
    page.evaluate(f"void sdk.loginRedirect({{ {SCOPES} }})")
    log_in(page)
    # By way of the page of the redirect bridge.
    page.wait_for_url(f"{app.url}/")
    app.ready(page)


def test_the_life_of_a_login(trusting_page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """Login, reload, renewal by refresh token and in an iframe, logout in another tab, and a user who is gone."""
    app, page = msal_app(make_single_page_app), trusting_page
    app.open(page)
    log_in_by_redirect(app, page)
    page.reload()
    app.ready(page)
    assert page.evaluate(ACCOUNTS) == ["ann"]
    got = [page.evaluate(TOKEN % how) for how in ("forceRefresh: false", BY_TOKEN, IN_IFRAME)]
    assert got == ["ey"] * 3
    assert app.grants() == ["authorization_code", "refresh_token", "authorization_code"]

    other = page.context.new_page()
    app.open(other)
    assert other.evaluate(ACCOUNTS) == ["ann"]
    with other.expect_navigation(url=f"{app.url}/**"):
        other.evaluate("void sdk.logoutRedirect({ postLogoutRedirectUri: location.origin })")
    app.ready(other)
    assert (other.evaluate(ACCOUNTS), page.evaluate(ACCOUNTS)) == ([], [])
    assert page.evaluate("sdk.ssoSilent({ loginHint: 'ann' }).catch((error) => error.errorCode)") == "login_required"

    log_in_by_redirect(app, page)
    app.forget_user("ann")
    # Where the refresh token is refused, the SDK tries the iframe by itself.
    assert page.evaluate(TOKEN % BY_TOKEN) == "login_required"
    assert app.grants()[-1] == "refresh_token"
