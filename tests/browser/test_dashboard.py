"""The dashboard in a real browser: what it shows of an issuer, as it happens."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application
from browser.dashboard_visits import HOSTILE, base_of, shown, unharmed
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import IssuerSettings, ServerSettings


def test_an_issuer_is_chosen(page: Page, make_application: Callable[..., Application]) -> None:
    """By its name in the list, by the address, and back again."""
    one, other = make_application("okta"), make_application("keycloak")
    shown(page, one)
    expect(page.get_by_text(one.about["issuer"], exact=True)).to_be_visible()
    page.get_by_role("link", name=other.about["id"], exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{other.about['id']} in the manner of keycloak")
    expect(page).to_have_title(f"{other.about['id']} · mock identity provider")
    expect(page.locator("[aria-current=page]")).to_have_text(other.about["id"])
    page.go_back()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{one.about['id']} in the manner of okta")


def test_requests_are_shown_as_they_come(page: Page, application: Application) -> None:
    """One that is open stays open when others come."""
    shown(page, application)
    expect(page.get_by_text("GET /i/")).to_have_count(1)  # The discovery that the application has asked for.
    application.session.get(application.about["jwks_uri"], headers={"User-Agent": "curious"}, timeout=20)
    entry = page.locator(".log li", has_text="jwks")
    expect(entry).to_contain_text("200")
    entry.locator("summary").click()
    expect(entry.get_by_text("curious")).to_be_visible()
    application.session.get(application.about["jwks_uri"] + "/nowhere", timeout=20)
    expect(page.locator(".log li").first).to_contain_text("404")
    expect(page.locator(".log li").first.locator(".status")).to_have_class("status bad")
    expect(page.locator(".log li", has_text="curious").get_by_text("curious")).to_be_visible()


def test_no_credential_is_shown(page: Page, application: Application) -> None:
    """Neither a token nor a secret: the log of the server has none."""
    token = application.token("client_credentials", client_secret="hush-hush-41").json()["access_token"]
    application.session.get(application.document["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})
    shown(page, application)
    expect(page.locator(".log li", has_text="userinfo")).to_have_count(1)
    source = page.content()
    assert token.split(".")[1][:12] not in source
    assert "hush-hush-41" not in source


def test_keys_are_shown_through_their_life(page: Page, application: Application) -> None:
    """A rotation that somebody else makes is seen: in the table and as bars of the picture."""
    shown(page, application)
    rows = page.locator("[data-part=keys]").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(page.locator(".life rect.current")).to_have_count(1)
    application.own("POST", "/rotate")
    expect(rows).to_have_count(3)
    expect(page.locator(".life rect.previous")).to_have_count(1)
    kid = application.own("GET", "/keys")["keys"][0]["kid"]
    application.own("PATCH", f"/keys/{kid}", {"state": "revoked"})
    expect(page.get_by_role("row", name=kid)).to_contain_text("revoked: for good")
    application.own("DELETE", f"/keys/{kid}")
    expect(page.get_by_role("row", name=kid)).to_have_count(0)
    expect(page.locator(f".life[title='{kid}'] rect")).to_have_count(4)


def test_faults_clients_and_users_are_shown(page: Page, application: Application) -> None:
    """In words."""
    application.own("POST", "/faults", {"on": "jwks", "kind": "status", "status": 503, "times": 2})
    application.own("POST", "/clients", {"id": "orders", "secret": "hush", "roles": ["tasks:list"]})
    shown(page, application)
    expect(page.locator(".faults li")).to_contain_text("jwks: Another status, with any body and headers.")
    expect(page.locator(".faults li")).to_contain_text("status = 503")
    expect(page.locator(".faults li")).to_contain_text("for 2 requests")
    expect(page.locator("[data-part=clients]")).to_contain_text("orders")
    expect(page.locator("[data-part=clients]")).to_contain_text("ann")
    assert "hush" not in page.content()
    application.session.get(application.about["jwks_uri"], timeout=20)
    expect(page.locator(".faults li")).to_contain_text("1 so far")


def test_no_text_of_others_becomes_markup(page: Page, application: Application) -> None:
    """A path, a query, a header, a client, a user, a kid, a name or a fault that would like to be part of the page."""
    url = application.about["jwks_uri"]
    application.session.get(url + "/" + HOSTILE, params={"client_id": HOSTILE}, timeout=20)
    application.session.get(url, headers={"User-Agent": HOSTILE, "Referer": HOSTILE}, timeout=20)
    application.token("client_credentials", client_id=HOSTILE, scope=HOSTILE)
    application.own("POST", "/keys", {"kid": HOSTILE, "name": f"n{HOSTILE}", "state": "previous"})
    application.own("POST", "/clients", {"id": HOSTILE, "roles": [HOSTILE]})
    application.own("POST", "/users", {"username": HOSTILE, "claims": {HOSTILE: HOSTILE}})
    application.own("POST", "/faults", {"on": "jwks", "kind": "garbage", "body": HOSTILE, "when": {HOSTILE: HOSTILE}})
    shown(page, application)
    for summary in page.locator(".log summary").all():
        summary.click()
    for part in ("keys", "log", "faults", "clients"):
        expect(page.locator(f"[data-part={part}]")).to_contain_text("<script>window.broken = 1</script>")
    unharmed(page)


def test_the_policy_stops_what_would_get_through(page: Page, application: Application) -> None:
    """Markup that a mistake of ours let into the page can run nothing: the browser was told so."""
    shown(page, application)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img id=x src=x onerror=\"window.broken = 1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.broken = 1'}))")
    expect(page.locator("#x")).to_have_count(1)
    assert page.evaluate("window.broken") is None


def test_nothing_but_this_server_is_asked(page: Page, application: Application) -> None:
    """No file of anybody else, and no error in the console."""
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    shown(page, application)
    base = base_of(application)
    assert [url for url in asked if not url.startswith(f"{base}/_mock/")] == []
    assert told == []


def test_a_server_that_is_gone_is_told_of(page: Page) -> None:
    """The page says that it is not up to date any more."""
    settings = ServerSettings(
        port=0, key_pool_size=0, issuers=(IssuerSettings("default", "custom", algorithm="ES256"),)
    )
    with EmbeddedIdp(settings) as idp:
        page.goto(f"{idp.url}/_mock/ui")
        expect(page.get_by_role("heading", level=2)).to_contain_text("default")
    expect(page.get_by_role("status")).to_contain_text("Not up to date")


@pytest.fixture
def guarded() -> Any:
    """A server that wants a control token."""
    settings = ServerSettings(
        port=0,
        key_pool_size=0,
        control_token="s3same",
        issuers=(IssuerSettings("default", "custom", algorithm="ES256"),),
    )
    with EmbeddedIdp(settings) as idp:
        yield idp
        idp.raise_pending()


def test_the_control_token_is_asked_for(page: Page, guarded: EmbeddedIdp) -> None:
    """Again after a wrong one; it stays for the tab and is in no cookie, and another tab is asked anew."""
    page.goto(f"{guarded.url}/_mock/ui")
    field = page.locator("#token-text")
    expect(field).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not the control token of this server.")).to_be_visible()
    for _ in range(3):  # A browser closes a dialog at the second one whatever the page says.
        page.keyboard.press("Escape")
    expect(field).to_be_visible()
    field.fill("s3same")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("default in the manner of custom")
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_have_text("default in the manner of custom")
    assert page.context.cookies() == []
    another = page.context.new_page()
    another.goto(f"{guarded.url}/_mock/ui")
    expect(another.locator("#token-text")).to_be_visible()


def test_the_start_page_leads_to_it(page: Page, application: Application) -> None:
    """By its one button."""
    page.goto(base_of(application))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mock identity provider")
    page.get_by_role("link", name="Dashboard").click()
    expect(page).to_have_url(base_of(application) + "/_mock/ui")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(chromium: Browser, application: Application, scheme: Any, width: int) -> None:
    """axe-core finds nothing in either page, in both schemes of colours; nothing has to be scrolled sideways."""
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    run = "async () => (await axe.run()).violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
    application.own("POST", "/faults", {"on": "jwks", "kind": "status", "status": 503, "times": 1})
    for _ in range(2):
        application.session.get(application.about["jwks_uri"], timeout=20)
    application.own("POST", "/rotate")
    size: Any = {"width": width, "height": 800}
    with chromium.new_context(color_scheme=scheme, viewport=size, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(base_of(application))
        page.evaluate(axe)
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown(page, application)
        page.locator(".log summary").first.click()
        page.evaluate(axe)
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
