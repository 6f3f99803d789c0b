"""What a person does on the pages."""

from __future__ import annotations

from playwright.sync_api import Page

from browser.application import Application


def log_in(page: Page, username: str = "ann", password: str = "ann-password") -> None:
    """Fill in the login page that is shown, and send it."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def sign_in(page: Page, application: Application, **parameters: str) -> dict[str, str]:
    """The whole way: to the login page, and back to the application. Out: what came back."""
    page.goto(application.sign_in(**parameters))
    log_in(page)
    page.wait_for_url(f"{application.callback}**")
    return application.returned()
