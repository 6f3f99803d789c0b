"""The page on which a user lets a device in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application, MakeApplication

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
STYLES = ["auth0", "keycloak"]


def start(application: Application) -> dict[str, Any]:
    answer = application.post("device_authorization", scope="openid tasks:list")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(application: Application, device: dict[str, Any]) -> dict[str, Any]:
    """What the device is told when it asks, long enough after it has asked the last time."""
    now = application.own("GET", "/clock")["offset_seconds"]
    application.own("PUT", "/clock", {"offset_seconds": now + 30})
    return dict(application.token(DEVICE_CODE, device_code=device["device_code"]).json())


def decide(page: Page, button: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("style", STYLES)
def test_a_device_is_let_in(page: Page, make_application: MakeApplication, style: str) -> None:
    """The user types the code, and the device that goes on asking gets tokens."""
    application = make_application(style)
    device = start(application)
    assert poll(application, device)["error"] == "authorization_pending"
    page.goto(device["verification_uri"])
    decide(page, "Allow", Code_on_the_device=device["user_code"], User_name="ann", Password="ann-password")
    expect(page.get_by_role("heading")).to_have_text("Done")
    assert application.user(poll(application, device))


def test_the_code_as_people_type_it(page: Page, application: Application) -> None:
    """In small letters and without the dash."""
    device = start(application)
    page.goto(device["verification_uri"])
    typed = device["user_code"].lower().replace("-", " ")
    decide(page, "Allow", Code_on_the_device=typed, User_name="ann", Password="ann-password")
    expect(page.get_by_role("heading")).to_have_text("Done")


def test_the_complete_address(page: Page, application: Application) -> None:
    """The code stands there already, with the client and what it asks for, so that the user can compare."""
    device = start(application)
    page.goto(device["verification_uri_complete"])
    expect(page.get_by_label("Code on the device")).to_have_value(device["user_code"])
    expect(page.get_by_role("main")).to_contain_text("web asks for openid tasks:list")
    decide(page, "Allow", User_name="ann", Password="ann-password")
    expect(page.get_by_role("heading")).to_have_text("Done")


def test_a_device_is_refused(page: Page, application: Application) -> None:
    """Without a name or password; the device is told so."""
    device = start(application)
    page.goto(device["verification_uri_complete"])
    decide(page, "Refuse")
    expect(page.get_by_role("heading")).to_have_text("Refused")
    assert poll(application, device)["error"] == "access_denied"


def test_a_wrong_password_decides_nothing(page: Page, application: Application) -> None:
    """The code stays, and so does the device's question."""
    device = start(application)
    page.goto(device["verification_uri_complete"])
    decide(page, "Allow", User_name="ann", Password="wrong")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    expect(page.get_by_label("Code on the device")).to_have_value(device["user_code"])
    assert poll(application, device)["error"] == "authorization_pending"


def test_an_unknown_code(page: Page, application: Application) -> None:
    """The page says so and goes on asking."""
    page.goto(start(application)["verification_uri"])
    decide(page, "Allow", Code_on_the_device="XXXX-XXXX", User_name="ann", Password="ann-password")
    expect(page.get_by_role("alert")).to_have_text("No device shows this code now.")
    expect(page.get_by_label("User name")).to_have_value("ann")


def test_it_works_without_script(chromium: Browser, application: Application) -> None:
    """Script is switched off in this browser."""
    device = start(application)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(device["verification_uri"])
        decide(page, "Allow", Code_on_the_device=device["user_code"], User_name="ann", Password="ann-password")
        expect(page.get_by_role("heading")).to_have_text("Done")
    assert "access_token" in poll(application, device)
