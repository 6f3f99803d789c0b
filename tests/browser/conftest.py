"""A browser for the tests of this folder, and a page and an application of its own for each test.

The tests are one group of xdist, so that one worker starts a browser and the others none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from browser.application import Application, MakeApplication
from browser.chromium import find_chromium, launch
from browser.single_page_app import MakeSinglePageApp, SinglePageApp
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ServerSettings

SECONDS = 60
# What is there is seen at once; a page is slow to change where others use the processors, too.
expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever needs a browser says so by standing in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ended with the folder: while it runs, its thread can run no other event loop."""
    find_chromium()
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One for all tests, each with a context of its own."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that has been nowhere yet; an exception in a page's script fails the test."""
    context = chromium.new_context()
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="package")
def idp() -> Iterator[EmbeddedIdp]:
    """One server for all tests; issuers are made and deleted on it."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0)) as server:
        yield server
        server.raise_pending()


@pytest.fixture
def make_application(idp: EmbeddedIdp) -> Iterator[MakeApplication]:
    """Makes applications with an issuer of their own, ended with the test."""
    made: list[Application] = []

    def make(style: str = "custom", **spec: Any) -> Application:
        made.append(Application(idp.url, style, **spec))
        return made[-1]

    yield make
    for one in made:
        one.close()
    idp.raise_pending()


@pytest.fixture
def application(make_application: MakeApplication) -> Application:
    """An application of a custom issuer that declares two users."""
    return make_application()


@pytest.fixture
def make_single_page_app() -> Iterator[MakeSinglePageApp]:
    """Makes single-page applications with a vendor of their own, ended with the test."""
    made: list[SinglePageApp] = []

    def make(sdk: str, style: str, **more: Any) -> SinglePageApp:
        made.append(SinglePageApp(sdk, style, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
