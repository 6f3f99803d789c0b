"""Parameters that would like to be part of the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.application import Application
from browser.visits import log_in

HOSTILE = "\"'><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
TITLE = "Log in · mock identity provider"


@pytest.mark.parametrize("name", ["client_id", "scope", "login_hint", "state", "nonce", "unknown"])
def test_a_parameter_is_text(page: Page, application: Application, name: str) -> None:
    """It is shown as it is or not at all; it opens no tag and runs nothing."""
    page.goto(application.sign_in(**{name: HOSTILE}))
    expect(page).to_have_title(TITLE)
    assert page.locator("script, img").count() == 0


def test_what_is_shown_is_what_was_sent(page: Page, application: Application) -> None:
    """Client, scope and name, character by character."""
    page.goto(application.sign_in(client_id=f"c{HOSTILE}", scope=f"s{HOSTILE}", login_hint=f"h{HOSTILE}"))
    expect(page.get_by_role("main")).to_contain_text(f"c{HOSTILE}")
    expect(page.get_by_role("main")).to_contain_text(f"s{HOSTILE}")
    expect(page.get_by_label("User name")).to_have_value(f"h{HOSTILE}")


def test_state_comes_back_as_it_was(page: Page, application: Application) -> None:
    """Through the action of the form and the address of the redirect."""
    page.goto(application.sign_in(state=HOSTILE))
    log_in(page)
    page.wait_for_url(f"{application.callback}**")
    assert application.returned()["state"] == HOSTILE


def test_what_was_typed_is_text(page: Page, application: Application) -> None:
    """The name that stays after a wrong password."""
    page.goto(application.sign_in())
    log_in(page, HOSTILE, "wrong")
    expect(page.get_by_label("User name")).to_have_value(HOSTILE)
    expect(page).to_have_title(TITLE)
    assert page.locator("script, img").count() == 0


def test_a_user_code_is_text(page: Page, application: Application) -> None:
    """On the page for devices."""
    device = application.post("device_authorization", scope="openid").json()
    page.goto(f"{device['verification_uri']}?user_code=%22%3E%3Cscript%3Edocument.title=%27run%27%3C/script%3E")
    expect(page.get_by_label("Code on the device")).to_have_value("\"><script>document.title='run'</script>")
    expect(page).to_have_title("Connect a device · mock identity provider")


def test_a_redirect_to_a_script_is_refused(page: Page, application: Application) -> None:
    """The page explains instead of linking."""
    page.goto(application.sign_in(redirect_uri="javascript:document.title='run'"))
    expect(page.get_by_role("heading")).to_have_text("This request cannot be answered")
    assert page.locator("a, form").count() == 0
