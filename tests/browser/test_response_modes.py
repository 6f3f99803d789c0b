"""How the browser brings the answer back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application, MakeApplication
from browser.visits import log_in, sign_in

STYLES = ["auth0", "keycloak"]


@pytest.mark.parametrize("style", STYLES)
def test_form_post(page: Page, make_application: MakeApplication, style: str) -> None:
    """The page sends itself, as a form."""
    application = make_application(style)
    came = sign_in(page, application, response_mode="form_post")
    assert [method for method, _ in application.came] == ["POST"]
    assert (came["state"], bool(application.user(application.redeem(came["code"])))) == ("st", True)


def test_form_post_without_script(chromium: Browser, application: Application) -> None:
    """There is a button for it."""
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(application.sign_in(response_mode="form_post"))
        log_in(page)
        page.get_by_role("button", name="Back to the application").click()
        page.wait_for_url(application.callback)
    assert application.returned()["state"] == "st"


def test_an_error_as_form_post(page: Page, application: Application) -> None:
    """Errors take the same way."""
    page.goto(application.sign_in(response_mode="form_post"))
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(application.callback)
    assert (application.came[-1][0], application.returned()["error"]) == ("POST", "access_denied")


def test_fragment(page: Page, application: Application) -> None:
    """The server of the application sees nothing; its page does."""
    assert sign_in(page, application, response_mode="fragment") == {}
    came = dict(parse_qsl(urlsplit(page.url).fragment))
    assert (came["state"], bool(application.user(application.redeem(came["code"])))) == ("st", True)


def test_hostile_state_in_a_form_post(page: Page, application: Application) -> None:
    """It arrives as it was, and runs nowhere."""
    hostile = "\"><script>document.title='run'</script><input value='"
    assert sign_in(page, application, response_mode="form_post", state=hostile)["state"] == hostile
    expect(page).to_have_title("Application")
