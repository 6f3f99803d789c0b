"""oidc-client-ts, the library for any provider: with a session monitor and refresh tokens, and with neither."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from browser.visits import log_in


def oidc_app(make: MakeSinglePageApp, style: str, authority: str, client: dict[str, Any], **more: Any) -> SinglePageApp:
    app = make("oidc-client-ts", style, **client)
    app.config = {
        "authority": f"{app.vendor}{authority}",
        "client_id": "spa",
        "redirect_uri": f"{app.url}/",
        "post_logout_redirect_uri": f"{app.url}/",
        "silent_redirect_uri": f"{app.url}/renewed.html",
        "scope": "openid profile email",
        **more,
    }
    return app


def test_renewal_in_an_iframe(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """A provider without refresh tokens: login, reload, renewal, and an end that the next renewal finds."""
    app = oidc_app(make_single_page_app, "custom", "", {"grant_types": ("authorization_code",)})
    app.open(page)
    assert page.evaluate("sdk.signinSilent().catch((error) => error.error)") == "login_required"
    page.evaluate("void sdk.signinRedirect()")
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.getUser().then((user) => user.profile.email)") == "ann@example.com"
    page.reload()
    app.ready(page)
    before = page.evaluate("sdk.getUser().then((user) => user.access_token)")
    assert page.evaluate("sdk.signinSilent().then((user) => user.access_token)") not in (None, before)
    assert app.grants() == ["authorization_code"] * 2
    with page.expect_navigation(url=f"{app.url}/**"):
        page.evaluate("void sdk.signoutRedirect()")
    app.ready(page)
    assert page.evaluate("sdk.getUser()") is None
    assert page.evaluate("sdk.signinSilent().catch((error) => error.error)") == "login_required"


def test_a_session_that_is_watched(page: Page, make_single_page_app: MakeSinglePageApp) -> None:
    """The session iframe of Keycloak, with `monitorSession`; renewal with the refresh token."""
    app = oidc_app(
        make_single_page_app,
        *("keycloak", "/realms/tasker", {}),
        monitorSession=True,
        checkSessionIntervalInSeconds=1,
    )
    app.open(page)
    page.evaluate("void sdk.signinRedirect()")
    log_in(page)
    app.ready(page)
    assert page.evaluate("sdk.signinSilent().then((user) => user.profile.preferred_username)") == "ann"
    assert app.grants() == ["authorization_code", "refresh_token"]
    other = page.context.new_page()
    app.open(other)
    with other.expect_navigation(url=f"{app.url}/**"):
        other.evaluate("void sdk.signinRedirect()")
    app.ready(other)
    other.evaluate("void sdk.signoutRedirect()")
    page.wait_for_function("heard.includes('signed out')")
    assert page.evaluate("sdk.signinSilent().catch((error) => error.error)") == "invalid_grant"
    assert page.evaluate("sdk.getUser()") is not None
