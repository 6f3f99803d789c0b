"""Tokens in the dashboard: minted, decoded, and broken by hand."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import jwt
import pytest
from playwright.sync_api import Browser, Page, expect

from browser.application import Application
from browser.dashboard_visits import HOSTILE, form, shown, unharmed
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.trusting.recipes import Trust, recipes


def verified(application: Application, token: str) -> dict[str, Any]:
    """The claims, if one of the published keys has signed the token for the issuer's audience."""
    keys = jwt.PyJWKSet.from_dict(application.session.get(application.about["jwks_uri"], timeout=20).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, audience=application.about["audience"], algorithms=["ES256"])
    return claims


def minted(page: Page) -> str:
    """The token that a press on Mint brings."""
    before = page.locator("#bench-token").input_value()
    page.get_by_role("button", name="Mint", exact=True).click()
    expect(page.locator("#bench-token")).not_to_have_value(before)
    return page.locator("#bench-token").input_value()


FILLED = {int: "5000", str: "x", dict: '{"kty": "oct", "k": "AAAA"}', list: '["header", "payload"]'}


def token_of(header: bytes, payload: bytes, signature: str = "c2ln") -> str:
    """A token of these parts, whatever they are."""
    segments = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload))
    return ".".join((*segments, signature))


def test_the_plain_token(page: Page, application: Application) -> None:
    """What is minted with nothing filled in is good, and is decoded at once."""
    shown(page, application)
    form(page, "Mint a token")
    claims = verified(application, minted(page))
    assert json.loads(page.locator("#bench-payload").input_value()) == claims
    assert json.loads(page.locator("#bench-header").input_value())["alg"] == "ES256"
    notes = page.locator("#bench-notes")
    expect(notes).to_contain_text("Its kid is of a key of this issuer: current: active, signs.")
    expect(notes).to_contain_text(re.compile("UTC, in (60|5[0-9]) min"))


def test_differences_from_it(page: Page, application: Application) -> None:
    """Each field is a member of the token spec; what is written as JSON joins them, and a field counts more."""
    application.own("POST", "/keys", {"name": "stranger"})
    shown(page, application)
    filled = form(page, "Mint a token")
    for label, text in (
        *(("Permissions", "a:b c:d"), ("Subject", "svc-1"), ("Client id", "me"), ("Audience", "other")),
        *(("Expires in", "-7200"), ("Signed by", "stranger")),
        ("Anything else", '{"claims": {"org": {"id": 7}}, "times": {"nbf": 5, "exp": 1}, "without": ["iat"]}'),
    ):
        filled.get_by_label(label).fill(text)
    filled.locator("#mint-kind").select_option("user")
    filled.get_by_label("Algorithm").select_option("ES256")
    token = minted(page)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["permissions"], claims["sub"], claims["aud"]) == (["a:b", "c:d"], "svc-1", "other")
    assert (claims["org"], claims["nbf"] - claims["exp"], "iat" in claims) == ({"id": 7}, 7205, False)
    expect(page.locator("#bench-notes")).to_contain_text("key of this issuer: hidden")
    expect(page.locator("#bench-notes")).to_contain_text("2 h ago")


def test_every_mutation_is_described_and_minted(page: Page, application: Application) -> None:
    """With its sentence and its options; what must be chosen is, and the server takes it or says why not."""
    application.own("POST", "/keys", {"algorithm": "RS256", "state": "current"})
    shown(page, application)
    filled = form(page, "Mint a token")
    choice = filled.get_by_label("Broken by")
    names = choice.locator("option").all_inner_texts()[1:]
    assert names == sorted(MUTATIONS)
    refused = []
    for name in names:
        choice.select_option(name)
        case = filled.locator("fieldset:visible")
        expect(case).to_have_count(1)
        expect(case).to_contain_text(MUTATIONS[name].sentence)
        for label, option in MUTATIONS[name].options.items():
            field = case.get_by_label(label, exact=False).first
            if option.required and option.choices:
                field.select_option(option.choices[0])
            elif option.required:
                field.fill(FILLED[option.kind])
        if name == "hmac-with-secret":
            case.locator("[name=secret]").fill("at least thirty-two bytes of a secret")
        page.locator("#bench-token").fill("")
        filled.get_by_role("button", name="Mint", exact=True).click()
        page.wait_for_function(
            "() => document.getElementById('bench-token').value !== ''"
            " || document.querySelector('form[data-to] [data-wrong]').textContent !== ''"
        )
        if page.locator("#bench-token").input_value() == "":
            refused.append((name, filled.locator("[data-wrong]").inner_text()))
    # The one for elliptic keys contradicts a key of RSA.
    assert [name for name, _ in refused] == ["ecdsa-edge"], refused


def test_broken_by_hand(page: Page, application: Application) -> None:
    """Changed claims under the old signature, signed again, and without a signature."""
    shown(page, application)
    form(page, "Mint a token")
    good = minted(page)
    payload = page.locator("#bench-payload")
    payload.fill(payload.input_value().replace('"sub": "', '"sub": "other-'))
    page.get_by_role("button", name="Keep the old signature").click()
    tampered = page.locator("#bench-token").input_value()
    assert tampered.rpartition(".")[2] == good.rpartition(".")[2]
    assert tampered.partition(".")[0] == good.partition(".")[0]
    with pytest.raises(jwt.InvalidSignatureError):
        verified(application, tampered)
    page.get_by_role("button", name="Sign it again").click()
    expect(page.locator("#bench-token")).not_to_have_value(tampered)
    assert verified(application, page.locator("#bench-token").input_value())["sub"].startswith("other-")
    page.get_by_role("button", name="Take the signature away").click()
    assert page.locator("#bench-token").input_value().endswith(".")
    expect(page.locator("#bench-notes")).to_contain_text("It has no signature.")
    page.locator("#bench-key").fill("nobody")
    page.get_by_role("button", name="Sign it again").click()
    expect(page.locator("#bench-wrong")).to_contain_text("No key 'nobody' in this issuer.")


@pytest.mark.parametrize(
    "payload",
    [b'{"a":1,"a":2}', b'{"n":1e400}', b'{ "a" : 1 }', b"\xff\xfe", b"no json", b"", b'{"n":12345678901234567890}'],
)
def test_what_is_not_touched_stays_to_the_byte(page: Page, application: Application, payload: bytes) -> None:
    """However odd it is: only what was changed by hand is encoded anew."""
    shown(page, application)
    token = token_of(b'{"alg":"none"}', payload)
    page.locator("#bench-token").fill(token)
    page.get_by_role("button", name="Keep the old signature").click()
    expect(page.locator("#bench-token")).to_have_value(token)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("a.b.c.d.e", "five parts: it is encrypted"),
        ("nothing", "it has one part in place of three"),
        ("a.b", "it has 2 parts in place of three"),
    ],
)
def test_what_is_no_signed_token(page: Page, application: Application, token: str, words: str) -> None:
    """Says so, and offers nothing."""
    shown(page, application)
    page.locator("#bench-token").fill(token)
    expect(page.locator("#bench-told")).to_contain_text(words)
    expect(page.locator("#bench-parts")).to_be_hidden()


def test_a_pasted_token_is_sent_nowhere(page: Page, application: Application) -> None:
    """It is decoded in the browser."""
    shown(page, application)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.method + (request.post_data or "")))
    page.locator("#bench-token").fill(token_of(b"{}", b'{"sub":"private"}'))
    expect(page.locator("#bench-payload")).to_have_value('{\n  "sub": "private"\n}')
    page.get_by_role("button", name="Keep the old signature").click()
    with page.expect_request("**/live"):
        pass
    assert {text for text in posted if text != "GET"} == set()


def test_a_hostile_token_is_text(page: Page, application: Application) -> None:
    """Its header, claims and kid are shown and run nothing."""
    shown(page, application)
    evil = json.dumps({"alg": HOSTILE, "kid": HOSTILE, HOSTILE: HOSTILE, "exp": 9e99, "__proto__": {"x": HOSTILE}})
    page.locator("#bench-token").fill(token_of(evil.encode(), evil.encode(), HOSTILE.replace(".", "")))
    assert HOSTILE in json.loads(page.locator("#bench-payload").input_value())
    expect(page.locator("#bench-notes")).to_contain_text("no key of this issuer")
    unharmed(page)


def test_a_token_is_copied(page: Page, application: Application) -> None:
    """By one press."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown(page, application)
    form(page, "Mint a token")
    token = minted(page)
    page.get_by_role("button", name="Copy the token").click()
    expect(page.locator("body > header").get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == token


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_unfolded_is_accessible(chromium: Browser, application: Application, scheme: Any) -> None:
    """axe-core finds nothing with all forms open and a token on the bench, at 400 pixels."""
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    run = "async () => (await axe.run()).violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
    size: Any = {"width": 400, "height": 800}
    with chromium.new_context(color_scheme=scheme, viewport=size, bypass_csp=True) as context:
        page = context.new_page()
        shown(page, application)
        for summary in page.locator("main > section > details > summary").all():
            summary.click()
        minted(page)
        page.evaluate(axe)
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        page.get_by_role("button", name="Rotate", exact=True).click()
        expect(page.locator("#ask")).to_be_visible()
        assert page.evaluate(run) == []


@pytest.mark.parametrize("name", ["Tasker", "Spring Boot", "Node", "Python", "Go", "MCP server"])
def test_settings_are_copied(page: Page, make_application: Callable[..., Application], name: str) -> None:
    """With the issuer's values, whatever its audience is called."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    application = make_application(audience=HOSTILE)
    shown(page, application)
    about = application.about
    told = Trust(*(about[key] for key in ("jwks_uri", "issuer", "audience", "permissions_claim", "algorithm")))
    (recipe,) = [one for one in recipes(told) if one.name == name]
    page.locator("summary", has_text=re.compile(f"^{name}$")).click()
    expect(page.locator("details[open] pre")).to_be_visible()
    page.get_by_role("button", name=f"Copy the settings for {name}", exact=True).click()
    expect(page.locator("#status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == recipe.text
    unharmed(page)
