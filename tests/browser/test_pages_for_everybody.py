"""The pages for people with a keyboard, a screen reader, a small screen or a dark one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application
from browser.visits import log_in


def shown(page: Page, application: Application, name: str) -> None:
    """Go to one of the pages."""
    device = application.post("device_authorization", scope="openid").json()
    addresses = {
        "login": application.sign_in(),
        "device": device["verification_uri"],
        "message": application.sign_in(redirect_uri="x"),
    }
    page.goto(addresses[name])


TITLES = {"login": "Log in", "device": "Connect a device", "message": "This request cannot be answered"}


@pytest.mark.parametrize("name", TITLES)
def test_language_title_and_heading(page: Page, application: Application, name: str) -> None:
    """The page says in which language it is, and title and heading what it is for."""
    shown(page, application, name)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title(f"{TITLES[name]} · mock identity provider")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[name])


@pytest.mark.parametrize("name", TITLES)
def test_every_page_says_that_it_is_a_mock(page: Page, application: Application, name: str) -> None:
    """Nobody shall enter a real password."""
    shown(page, application, name)
    expect(page.get_by_role("main")).to_contain_text("never enter a real password")


@pytest.mark.parametrize("name", ["login", "device"])
def test_every_field_has_a_name(page: Page, application: Application, name: str) -> None:
    """A screen reader can say what to enter, and a password manager knows the fields."""
    shown(page, application, name)
    assert page.locator("input:not([type=hidden])").evaluate_all("all => all.every(one => one.labels.length === 1)")
    expect(page.get_by_label("User name")).to_have_attribute("autocomplete", "username")
    expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")


def test_the_message_belongs_to_the_fields(page: Page, application: Application) -> None:
    """Who cannot see it hears it with the field."""
    page.goto(application.sign_in())
    log_in(page, "ann", "wrong")
    for label in ("User name", "Password"):
        expect(page.get_by_label(label)).to_have_accessible_description("The user name or the password is wrong.")
        expect(page.get_by_label(label)).to_have_attribute("aria-invalid", "true")


def test_with_the_keyboard_alone(page: Page, application: Application) -> None:
    """The name has the focus; Tab goes on to the password, Enter sends the form."""
    page.goto(application.sign_in())
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type("ann-password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{application.callback}**")
    assert "code" in application.returned()


def test_the_order_of_the_keyboard(page: Page, application: Application) -> None:
    """Name, password, log in, cancel; and the last is reached, too."""
    page.goto(application.sign_in(login_hint="ann"))
    expect(page.get_by_label("Password")).to_be_focused()
    for button in ("Log in", "Cancel"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=button)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{application.callback}**")
    assert application.returned()["error"] == "access_denied"


@pytest.mark.parametrize("name", TITLES)
def test_a_small_screen(chromium: Browser, application: Application, name: str) -> None:
    """Nothing has to be scrolled sideways at 320 pixels (WCAG 2.2, 1.4.10)."""
    with chromium.new_context(viewport={"width": 320, "height": 480}) as context:
        page = context.new_page()
        shown(page, application, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const drawn = (...colors) => {
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1) }
    return canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)
  }
  const light = rgb => rgb.reduce((sum, part, at) => {
    const one = part / 255
    return sum + [.2126, .7152, .0722][at] * (one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
  }, 0)
  const behind = one => one ? [...behind(one.parentElement), getComputedStyle(one).backgroundColor] : []
  return [...document.querySelectorAll('h1, p, b, label, input, button')].map(one => {
    const ground = behind(one), pair = [light(drawn(...ground)), light(drawn(...ground, getComputedStyle(one).color))]
    return (Math.max(...pair) + .05) / (Math.min(...pair) + .05)
  })
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", TITLES)
def test_contrast(chromium: Browser, application: Application, name: str, scheme: str) -> None:
    """Every text stands out from what is behind it, 4.5 to 1 (WCAG 2.2, 1.4.3), on light and dark screens."""
    with chromium.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        shown(page, application, name)
        ratios = page.evaluate(CONTRAST)
    assert ratios
    assert min(ratios) >= 4.5
