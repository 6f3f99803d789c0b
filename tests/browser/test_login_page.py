"""The login page in a browser: the way to it, the form, and the way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application, MakeApplication
from browser.visits import log_in, sign_in

STYLES = ["custom", "auth0", "keycloak"]


@pytest.mark.parametrize("style", STYLES)
def test_a_user_signs_in(page: Page, make_application: MakeApplication, style: str) -> None:
    """The application gets a code and its state, and with the verifier of PKCE tokens about that user."""
    application = make_application(style)
    came = sign_in(page, application)
    assert came["state"] == "st"
    assert application.user(application.redeem(came["code"]))


def test_the_tokens_are_about_who_signed_in(page: Page, application: Application) -> None:
    """Not about another user of the issuer."""
    page.goto(application.sign_in())
    log_in(page, "bob", "bob-password")
    page.wait_for_url(f"{application.callback}**")
    assert application.user(application.redeem(application.returned()["code"])) == "bob"


def test_the_code_is_bound_to_the_challenge(page: Page, application: Application) -> None:
    """Another verifier than the one whose challenge the browser carried is refused."""
    code = sign_in(page, application)["code"]
    answer = application.token(
        "authorization_code", code=code, redirect_uri=application.callback, code_verifier="w" * 43
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("style", STYLES)
def test_a_wrong_password_is_said_on_the_page(page: Page, make_application: MakeApplication, style: str) -> None:
    """The name stays, the password goes, and nothing reaches the application."""
    application = make_application(style)
    page.goto(application.sign_in())
    log_in(page, "ann", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    expect(page.get_by_label("User name")).to_have_value("ann")
    expect(page.get_by_label("Password")).to_have_value("")
    assert application.came == []


def test_the_second_attempt_counts(page: Page, application: Application) -> None:
    """After a wrong password the right one signs in, with the parameters of the first request."""
    page.goto(application.sign_in(state="kept"))
    log_in(page, "ann", "wrong")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("ann-password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{application.callback}**")
    came = application.returned()
    assert (came["state"], application.user(application.redeem(came["code"]))) == ("kept", "ann")


def test_an_unknown_user_gets_the_same_message(page: Page, application: Application) -> None:
    """The page does not tell who exists."""
    page.goto(application.sign_in())
    log_in(page, "nobody", "ann-password")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")


def test_without_declared_users_anybody_signs_in(page: Page, make_application: MakeApplication) -> None:
    """And the page says so."""
    application = make_application(users=[])
    page.goto(application.sign_in())
    expect(page.get_by_role("main")).to_contain_text("any name and password will do")
    log_in(page, "zoe", "x")
    page.wait_for_url(f"{application.callback}**")
    assert application.user(application.redeem(application.returned()["code"])) == "zoe"


@pytest.mark.parametrize("style", STYLES)
def test_cancel(page: Page, make_application: MakeApplication, style: str) -> None:
    """The application is told `access_denied`, and no field has to be filled in for that."""
    application = make_application(style)
    page.goto(application.sign_in())
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(f"{application.callback}**")
    came = application.returned()
    assert (came["error"], came["state"], "code" in came) == ("access_denied", "st", False)


def test_a_name_is_needed(page: Page, application: Application) -> None:
    """The browser does not send the form without one."""
    page.goto(application.sign_in())
    page.get_by_label("Password").fill("ann-password")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("input:invalid")).to_have_attribute("name", "username")
    assert [one["method"] for one in application.own("GET", "/requests?endpoint=authorize")["requests"]] == ["GET"]


def test_a_request_that_cannot_be_answered_is_explained(page: Page, application: Application) -> None:
    """There is nowhere to send the user, so the page tells them."""
    page.goto(application.sign_in(redirect_uri="not-a-uri"))
    expect(page.get_by_role("heading")).to_have_text("This request cannot be answered")
    expect(page.get_by_role("main")).to_contain_text("redirect_uri")


def test_nothing_is_written_to_the_console(page: Page, application: Application) -> None:
    """Login page and way back load nothing that is missing or forbidden."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    sign_in(page, application)
    assert said == []


def test_the_page_asks_for_nothing_else(page: Page, application: Application) -> None:
    """No style sheet, font, picture or icon: the request log has what the application caused."""
    sign_in(page, application)
    asked = [(one["method"], one["endpoint"]) for one in application.own("GET", "/requests")["requests"]]
    assert asked == [("GET", "discovery"), ("GET", "authorize"), ("POST", "authorize")]


def test_the_password_is_in_no_record(page: Page, application: Application) -> None:
    """Neither in the log nor in the HAR, and neither is the code."""
    code = sign_in(page, application)["code"]
    for path in ("/requests", "/requests.har"):
        text = str(application.own("GET", path))
        assert "ann-password" not in text
        assert code not in text


def test_it_works_without_script(chromium: Browser, application: Application) -> None:
    """Script is switched off in this browser."""
    with chromium.new_context(java_script_enabled=False) as context:
        came = sign_in(context.new_page(), application)
    assert application.user(application.redeem(came["code"]))
