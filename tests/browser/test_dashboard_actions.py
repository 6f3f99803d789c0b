"""Every button and form of the dashboard: what it says before, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.application import Application
from browser.dashboard_visits import HOSTILE, base_of, form, part, pressed, shown, unharmed


def states(application: Application) -> list[str]:
    """The states of the issuer's keys, oldest first."""
    return [key["state"] for key in application.own("GET", "/keys")["keys"]]


def test_rotations_as_the_vendor_does_them(page: Page, make_application: Callable[..., Application]) -> None:
    """The words name the keys, and say whether a service knows the new one, and which habit is not the vendor's."""
    announcing, sudden = make_application("okta", algorithm="RS256"), make_application("keycloak", algorithm="RS256")
    signing, announced = (key["kid"] for key in announcing.own("GET", "/keys")["keys"])
    shown(page, announcing)
    rotate = part(page, "keys").get_by_role("button", name="Rotate", exact=True)
    words = pressed(page, rotate, "Rotate")
    assert f"Key {announced}, which is in the key set already, signs from now on" in words
    assert f"Key {signing} no longer signs; it stays published" in words
    assert states(announcing) == ["previous", "current", "next"]
    expect(part(page, "keys").get_by_role("row")).to_have_count(4)
    words = pressed(page, page.get_by_role("button", name="Rotate: immediate"), "Rotate: immediate")
    assert words.startswith("Not this vendor's habit. A fresh key signs from now on, without having been announced")
    assert states(announcing) == ["previous", "previous", "next", "current"]
    shown(page, sudden)
    words = pressed(page, rotate, "Rotate")
    assert "must fetch it again when it meets the unknown kid" in words
    assert states(sudden)[-1] == "current"


def test_a_key_is_moved_through_its_life(page: Page, application: Application) -> None:
    """Retire, publish, revoke, remove; the words are those of each."""
    application.own("POST", "/rotate")
    kid = application.own("GET", "/keys")["keys"][0]["kid"]
    shown(page, application)
    row = part(page, "keys").get_by_role("row", name=kid)
    for verb, state, words in (
        ("Retire", "retired", "leaves the key set, the ordinary end of an overlap"),
        ("Publish", "previous", "is published, and doesn't sign"),
        ("Let it sign", "current", "signs from now on. The one that signs now becomes a previous key"),
        ("Revoke", "revoked", "It is the one that signs: no token can be had until"),
    ):
        assert words in pressed(page, row.get_by_role("button", name=f"{verb} key {kid}"), verb)
        expect(row).to_contain_text(f"{state}: ")
        assert states(application)[0] == state
    expect(row.get_by_role("button")).to_have_count(1)
    assert "Its kid stays used" in pressed(page, row.get_by_role("button", name="Remove"), "Remove")
    expect(row).to_have_count(0)


def test_nothing_is_done_without_a_yes(page: Page, application: Application) -> None:
    """Cancel, and Escape, leave everything as it is; the focus comes back to the button."""
    shown(page, application)
    rotate = part(page, "keys").get_by_role("button", name="Rotate", exact=True)
    rotate.click()
    page.get_by_role("button", name="Cancel").click()
    rotate.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_hidden()
    expect(rotate).to_be_focused()
    assert states(application) == ["current"]


def test_with_the_keyboard_alone(page: Page, application: Application) -> None:
    """Enter opens the question with the focus on its yes, Enter does it, and the focus is on the button again."""
    shown(page, application)
    part(page, "keys").get_by_role("button", name="Rotate", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Rotate: done.")
    assert len(states(application)) == 2
    expect(part(page, "keys").get_by_role("row")).to_have_count(3)
    expect(part(page, "keys").get_by_role("button", name="Rotate", exact=True)).to_be_focused()


def test_the_way_of_the_tab_key(page: Page, application: Application) -> None:
    """The first stop leads past the list of issuers; then come the list and what is in the issuer, in order."""
    shown(page, application)
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    seen = []
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent"))
    assert [text.split(" ")[0].rstrip(":") for text in seen] == ["Reset", "Delete", "Rotate", "Rotate"]


def test_a_key_is_made(page: Page, application: Application) -> None:
    """With a name, a state and an algorithm; a name that is taken is refused in the server's words."""
    shown(page, application)
    filled = form(page, "Make a key")
    filled.get_by_label("Name").fill("spare")
    filled.get_by_label("State").select_option("previous")
    filled.get_by_label("Algorithm").select_option("EdDSA")
    filled.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("status")).to_have_text("The key is made.")
    made = application.own("GET", "/keys")["keys"][-1]
    assert (made["name"], made["state"], made["algorithm"]) == ("spare", "previous", "EdDSA")
    filled.get_by_role("button", name="Make it").click()
    expect(filled.get_by_role("alert")).to_contain_text("There is already a key called 'spare'")


def test_faults_are_switched_on_and_off(page: Page, application: Application) -> None:
    """Each kind says what it does, and has its own parameters; dropping them all is said before."""
    shown(page, application)
    filled = form(page, "Plan a fault")
    filled.get_by_label("On requests to").select_option("jwks")
    filled.get_by_label("What goes wrong").select_option("status")
    expect(filled.get_by_text("Another status, with any body and headers.")).to_be_visible()
    filled.locator("fieldset:visible").get_by_label("status").fill("503")
    filled.locator("fieldset:visible").get_by_label("headers").fill('{"Retry-After": "7"}')
    filled.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("status")).to_have_text("The fault is on.")
    answer = application.session.get(application.about["jwks_uri"], timeout=20)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    expect(part(page, "faults").locator("li")).to_contain_text("over")
    filled.get_by_label("What goes wrong").select_option("redirect")
    filled.locator("fieldset:visible").get_by_label("location").fill("/elsewhere")
    filled.locator("fieldset:visible").get_by_label("status").select_option("307")
    filled.get_by_label("For so many requests").fill("")
    filled.get_by_role("button", name="Switch it on").click()
    expect(part(page, "faults").locator("li")).to_have_count(2)
    assert application.own("GET", "/faults")["faults"][1]["times"] is None
    pressed(page, page.get_by_role("button", name="Switch off status on jwks"), "Switch off")
    assert [fault["kind"] for fault in application.own("GET", "/faults")["faults"]] == ["redirect"]
    words = pressed(page, page.get_by_role("button", name="Let what is held up go on"), "Let what is held up go on")
    assert "the faults stay on" in words
    assert "every request gets its usual answer" in pressed(
        page, page.get_by_role("button", name="Drop all"), "Drop all"
    )
    assert application.own("GET", "/faults")["faults"] == []
    expect(part(page, "faults")).to_contain_text("None: every request gets its usual answer.")


def test_every_kind_of_fault_can_be_planned(page: Page, application: Application) -> None:
    """With what stands in its form, and in what must be filled in something; the server takes it."""
    shown(page, application)
    filled = form(page, "Plan a fault")
    kinds = filled.get_by_label("What goes wrong").locator("option").all_inner_texts()
    for kind in kinds:
        filled.get_by_label("What goes wrong").select_option(kind)
        for field in filled.locator("fieldset:visible [required]").all():
            field.fill("/x")
        if kind == "encoding":
            filled.get_by_label("bom").check()
        filled.get_by_role("button", name="Switch it on").click()
        expect(part(page, "faults").locator("li", has=page.get_by_text(kind, exact=True))).to_have_count(1)
    assert [fault["kind"] for fault in application.own("GET", "/faults")["faults"]] == kinds


def test_a_field_that_is_no_json_is_told(page: Page, application: Application) -> None:
    """Nothing is sent."""
    shown(page, application)
    filled = form(page, "Declare a user")
    filled.get_by_label("User name").fill("cat")
    filled.get_by_label("Claims").fill("{nonsense")
    filled.get_by_role("button", name="Declare them").click()
    expect(filled.get_by_role("alert")).to_contain_text("Claims: ")
    assert len(application.own("GET", "/users")["users"]) == 2


def test_clients_and_users(page: Page, application: Application) -> None:
    """Declared and forgotten; a secret is sent, and not shown again."""
    shown(page, application)
    filled = form(page, "Declare a client")
    for label, text in (("Client id", "orders"), ("Secret", "hush-41"), ("Permissions", "a:b  c:d")):
        filled.get_by_label(label).fill(text)
    filled.get_by_role("button", name="Declare it").click()
    expect(part(page, "clients")).to_contain_text('"has_secret": true')
    assert application.own("GET", "/clients")["clients"][0]["roles"] == ["a:b", "c:d"]
    assert "hush-41" not in part(page, "clients").inner_text()
    assert application.token("client_credentials", client_id="orders", client_secret="hush-41").status_code == 200
    filled = form(page, "Declare a user")
    filled.get_by_label("User name").fill("cat/..")
    filled.get_by_label("Claims").fill('{"email": "cat@example.com"}')
    filled.get_by_role("button", name="Declare them").click()
    forget = page.get_by_role("button", name="Forget user cat/..")
    assert "The next login under this name is refused" in pressed(page, forget, "Forget")
    assert [user["username"] for user in application.own("GET", "/users")["users"]] == ["ann", "bob"]
    forget = page.get_by_role("button", name="Forget client orders")
    assert "every client and secret is accepted" in pressed(page, forget, "Forget")
    assert application.own("GET", "/clients")["clients"] == []


def test_an_issuer_is_made_reset_and_deleted(page: Page, application: Application) -> None:
    """The page goes to the new one, and to another when it is gone."""
    shown(page, application)
    filled = form(page, "Make an issuer")
    filled.get_by_label("Style").select_option("google")
    filled.get_by_label("Id").fill("made-by-hand")
    filled.get_by_label("Audience").fill("orders")
    filled.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=2, name="made-by-hand")).to_be_visible()
    made = application.control("GET", "/made-by-hand")
    assert (made["style"], made["audience"]) == ("google", "orders")
    application.control("POST", "/made-by-hand/rotate")
    pressed(page, page.get_by_role("button", name="Reset made-by-hand"), "Reset")
    assert len(application.control("GET", "/made-by-hand")["keys"]) == len(made["keys"])
    pressed(page, page.get_by_role("button", name="Delete made-by-hand"), "Delete")
    expect(page.get_by_role("heading", level=2, name="made-by-hand")).to_have_count(0)
    expect(page.get_by_role("link", name="made-by-hand")).to_have_count(0)


def test_the_log_is_forgotten(page: Page, application: Application) -> None:
    """The numbers go on, as the words say."""
    shown(page, application)
    assert "the numbers go on" in pressed(
        page, page.get_by_role("button", name="Forget the requests"), "Forget the requests"
    )
    expect(part(page, "log")).to_contain_text("Nothing was asked")
    assert application.own("GET", "/requests")["requests"] == []


@pytest.mark.parametrize("name", [HOSTILE, "../../reset", "a/../b", "%2e%2e", "?x#y", "ä €"])
def test_a_name_is_no_path(page: Page, application: Application, name: str) -> None:
    """Whatever a client is called, its button forgets it and nothing else; the words show the name as it is."""
    application.own("POST", "/clients", {"id": name})
    application.own("POST", "/clients", {"id": "stays"})
    shown(page, application)
    button = page.get_by_role("button", name=re.compile(r"^Forget client (?!stays)"))
    assert f"The client {name} is forgotten." in pressed(page, button, "Forget")
    assert [client["id"] for client in application.own("GET", "/clients")["clients"]] == ["stays"]
    unharmed(page)


def test_what_no_browser_can_ask_for_has_no_button(page: Page, application: Application) -> None:
    """A path that ends in two dots is another path: of a user called so the button would delete the issuer."""
    application.own("POST", "/users", {"username": ".."})
    application.own("POST", "/keys", {"kid": "..", "state": "previous"})
    shown(page, application)
    assert page.locator("[data-path$='..']").count() == 0
    expect(part(page, "clients").locator("li", has_text="..").get_by_role("button")).to_have_count(0)


def test_a_refusal_is_told(page: Page, application: Application) -> None:
    """In the sentence of the server: here the key has been removed by somebody else."""
    application.own("POST", "/keys", {"name": "gone", "state": "previous"})
    shown(page, application)
    page.get_by_role("button", name="Retire").last.click()
    application.own("DELETE", "/keys/gone")
    page.locator("#ask").get_by_role("button", name="Retire", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Retire: No key 'gone' in this issuer.")


def test_no_page_holds_it_in_a_frame(page: Page, application: Application) -> None:
    """Not even one of this machine, whose requests the control API takes: its clicks could be led astray."""
    page.goto(application.callback)
    with page.expect_event("frameattached"):
        page.evaluate(
            "url => new Promise(done => {"
            " const frame = Object.assign(document.createElement('iframe'), {src: url, onload: done});"
            " document.body.append(frame) })",
            f"{base_of(application)}/_mock/ui",
        )
    assert page.frames[1].locator("h1", has_text="Mock identity provider").count() == 0
