"""One login for many requests, and its end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application, MakeApplication
from browser.visits import log_in, sign_in

STYLES = ["auth0", "keycloak"]


@pytest.mark.parametrize("style", STYLES)
def test_the_second_request_shows_no_page(page: Page, make_application: MakeApplication, style: str) -> None:
    """The browser comes back at once, with a code for the same user."""
    application = make_application(style)
    first = application.user(application.redeem(sign_in(page, application)["code"]))
    page.goto(application.sign_in(state="second"))
    came = application.returned()
    assert (came["state"], application.user(application.redeem(came["code"]))) == ("second", first)


def test_another_browser_is_not_logged_in(page: Page, chromium: Browser, application: Application) -> None:
    """The login is that of a browser, not of a user."""
    sign_in(page, application)
    with chromium.new_context() as context:
        other = context.new_page()
        other.goto(application.sign_in())
        expect(other.get_by_label("Password")).to_be_visible()


def test_another_issuer_knows_nothing_of_it(page: Page, make_application: MakeApplication) -> None:
    """Two issuers of one server share no login."""
    sign_in(page, make_application())
    page.goto(make_application().sign_in())
    expect(page.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("prompt", ["login", "select_account"])
def test_a_prompt_shows_the_page_again(page: Page, application: Application, prompt: str) -> None:
    """And another user can sign in there."""
    sign_in(page, application)
    page.goto(application.sign_in(prompt=prompt))
    log_in(page, "bob", "bob-password")
    page.wait_for_url(f"{application.callback}**")
    assert application.user(application.redeem(application.returned()["code"])) == "bob"


def test_prompt_none_without_a_login(page: Page, application: Application) -> None:
    """An error for the application, no page for the user."""
    page.goto(application.sign_in(prompt="none"))
    assert application.returned()["error"] == "login_required"


def test_prompt_none_with_a_login(page: Page, application: Application) -> None:
    """A code, with no page."""
    sign_in(page, application)
    page.goto(application.sign_in(prompt="none"))
    assert "code" in application.returned()


def test_max_age(page: Page, application: Application) -> None:
    """A login that is younger will do, one that is older will not."""
    sign_in(page, application)
    application.own("PUT", "/clock", {"offset_seconds": 100})
    page.goto(application.sign_in(max_age="200"))
    assert "code" in application.returned()
    page.goto(application.sign_in(max_age="50"))
    expect(page.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("style", STYLES)
def test_logging_out(page: Page, make_application: MakeApplication, style: str) -> None:
    """The browser comes back to the application, and the next request shows the page."""
    application = make_application(style)
    tokens = application.redeem(sign_in(page, application)["code"])
    page.goto(application.sign_out(tokens["id_token"]))
    assert application.returned() == {"state": "bye"}
    page.goto(application.sign_in())
    expect(page.get_by_label("Password")).to_be_visible()


def test_logging_out_without_an_address_to_go_to(page: Page, application: Application) -> None:
    """A page says that it is done."""
    sign_in(page, application)
    page.goto(application.document["end_session_endpoint"])
    expect(page.get_by_role("heading")).to_have_text("Logged out")
