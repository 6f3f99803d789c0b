"""okta-auth-js: renewal in an iframe by `okta_post_message`, and with refresh tokens."""

from __future__ import annotations

from playwright.sync_api import Page

from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from browser.visits import log_in

SILENT = "sdk.token.getWithoutPrompt().then((got) => got.tokens.accessToken.accessToken, (error) => error.errorCode)"
TOKEN = "sdk.getAccessToken()"


def okta_app(make: MakeSinglePageApp, *more: str) -> SinglePageApp:
    app = make("@okta/okta-auth-js", "okta")
    app.config = {
        "issuer": f"{app.vendor}/oauth2/default",
        "clientId": "spa",
        "redirectUri": f"{app.url}/",
        "scopes": ["openid", "profile", "email", *more],
    }
    return app


def test_login_reload_renewal_and_logout(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """The tokens are in the storage of the origin, which two tabs share."""
    app = okta_app(make_single_page_app)
    app.open(page)
    assert page.evaluate(SILENT) == "login_required"
    page.evaluate("void sdk.signInWithRedirect()")
    log_in(page)
    app.ready(page)
    page.reload()
    app.ready(page)
    assert page.evaluate("sdk.isAuthenticated()") is True
    assert page.evaluate("sdk.getUser()")["email"] == "ann@example.com"
    assert page.evaluate("sdk.session.refresh()")["login"] == "ann"
    before = page.evaluate(TOKEN)
    page.evaluate("sdk.tokenManager.renew('accessToken')")
    assert page.evaluate(TOKEN) != before

    other = page.context.new_page()
    app.open(other)
    assert other.evaluate("sdk.isAuthenticated()") is True
    assert other.evaluate("sdk.session.exists()") is True
    with other.expect_navigation(url=f"{app.url}/**"):
        other.evaluate("void sdk.signOut()")
    app.ready(other)
    assert page.evaluate(SILENT) == "login_required"
    assert page.evaluate("sdk.isAuthenticated()") is False
    assert page.evaluate("sdk.session.exists()") is False
    assert {*app.grants()} == {"authorization_code"}


def test_a_session_that_is_closed(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """By the SDK, in place of a logout: the browser has to log in again."""
    app = okta_app(make_single_page_app)
    app.open(page)
    page.evaluate("void sdk.signInWithRedirect()")
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.session.get()")["status"] == "ACTIVE"
    page.evaluate("sdk.closeSession()")
    assert page.evaluate("sdk.session.get()")["status"] == "INACTIVE"
    assert page.evaluate(SILENT) == "login_required"


def test_refresh_tokens(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """With `offline_access` no iframe is needed, nor the login of the browser; the user is."""
    app = okta_app(make_single_page_app, "offline_access")
    app.open(page)
    page.evaluate("void sdk.signInWithRedirect()")
    log_in(page)
    app.ready(page)
    page.context.clear_cookies()
    before = page.evaluate(TOKEN)
    page.evaluate("sdk.tokenManager.renew('accessToken')")
    assert page.evaluate(TOKEN) != before
    assert app.grants() == ["authorization_code", "refresh_token"]
    app.forget_user("ann")
    assert page.evaluate("sdk.tokenManager.renew('accessToken').catch((error) => error.errorCode)") == "invalid_grant"
    assert page.evaluate("sdk.isAuthenticated()") is False
