"""auth0-spa-js: with tokens in memory, where an iframe finds the login again, and with refresh tokens."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from browser.visits import log_in

RENEW = "sdk.getTokenSilently({ cacheMode: 'off' }).catch((error) => error.error)"


def auth0_app(make: MakeSinglePageApp, **more: Any) -> SinglePageApp:
    app = make("@auth0/auth0-spa-js", "auth0")
    parameters = {"redirect_uri": app.url, "scope": "openid profile email"}
    app.config = {"domain": app.vendor, "clientId": "spa", "authorizationParams": parameters, **more}
    return app


def test_login_reload_renewal_and_logout(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """Tokens are in memory alone: each page asks in an iframe, by `response_mode=web_message`."""
    app = auth0_app(make_single_page_app)
    app.open(page)
    assert page.evaluate(RENEW) == "login_required"
    page.evaluate("void sdk.loginWithRedirect()")
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.getUser()")["email"] == "ann@example.com"
    page.reload()
    app.ready(page)
    assert page.evaluate("sdk.isAuthenticated()") is True
    # Two access tokens of Auth0 that are of one second are the same: a renewal shows at the vendor alone.
    before = len(app.grants())
    assert page.evaluate(RENEW) != "login_required"
    assert len(app.grants()) == before + 1

    other = page.context.new_page()
    app.open(other)
    assert other.evaluate("sdk.isAuthenticated()") is True
    with other.expect_navigation(url=f"{app.url}/**"):
        other.evaluate("void sdk.logout({ logoutParams: { returnTo: location.origin } })")
    app.ready(other)
    assert other.evaluate("sdk.isAuthenticated()") is False
    assert page.evaluate(RENEW) == "login_required"
    assert {*app.grants()} == {"authorization_code"}


def test_refresh_tokens(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """`useRefreshTokens` with a cache that outlives the page; the login of the browser may be gone, the user not."""
    app = auth0_app(make_single_page_app, useRefreshTokens=True, cacheLocation="localstorage")
    app.open(page)
    page.evaluate("void sdk.loginWithRedirect()")
    log_in(page)
    app.ready(page)
    page.context.clear_cookies(domain="localhost", name="mock_idp_default")
    page.reload()
    app.ready(page)
    assert page.evaluate(RENEW) == page.evaluate("sdk.getTokenSilently()")
    assert app.grants() == ["authorization_code", "refresh_token"]
    app.forget_user("ann")
    assert page.evaluate(RENEW) == "invalid_grant"
    assert page.evaluate("sdk.isAuthenticated()") is True
