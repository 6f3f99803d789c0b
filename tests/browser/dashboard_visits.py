"""Visits of the dashboard, for its tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from browser.application import Application

HOSTILE = '"\'><script>window.broken = 1</script><img src=x onerror="window.broken = 1">{{ 7 * 7 }}'


def base_of(application: Application) -> str:
    """The URL of the server."""
    return str(application.about["jwks_uri"]).partition("/i/")[0]


def shown(page: Page, application: Application) -> None:
    """Go to the dashboard of the application's issuer, and wait until it is there."""
    page.goto(f"{base_of(application)}/_mock/ui#{application.about['id']}")
    expect(page.get_by_role("heading", level=2, name=application.about["id"])).to_be_visible()
    expect(page.locator("[data-part=keys] table")).to_be_visible()


def unharmed(page: Page) -> None:
    """Nothing of a hostile text has run or become an element."""
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


def pressed(page: Page, button: Locator, verb: str) -> str:
    """Press a button and confirm what it asks; the words it has said before."""
    button.click()
    dialog = page.locator("#ask")
    expect(dialog).to_be_visible()
    words = page.locator("#ask-words").inner_text()
    # What stands there may be of the press before.
    page.locator("#status").evaluate("status => status.textContent = ''")
    dialog.get_by_role("button", name=verb, exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"{verb}: done.")
    return words


def part(page: Page, name: str) -> Locator:
    """A part of the page that is kept up to date."""
    return page.locator(f"[data-part={name}]")


def form(page: Page, title: str) -> Locator:
    """A form, opened by its title."""
    page.locator("summary", has_text=title).first.click()
    return page.locator("details", has=page.locator("summary", has_text=title)).first.locator("form")
