"""An application that lives in the browser, on another origin than the issuer, and a page that means harm."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from browser.application import VERIFIER, Application, MakeApplication
from browser.visits import sign_in
from mock_idp.embed import EmbeddedIdp
from mock_idp.vendors import VENDORS

# What a library for single-page applications does, with the preflights that its headers bring about.
CODE_FLOW = """
async ({discovery, form}) => {
    const told = await (await fetch(discovery)).json();
    const keys = await (await fetch(told.jwks_uri)).json();
    const tokens = await (await fetch(told.token_endpoint, {
        method: 'POST',
        headers: {'Content-Type': 'application/x-www-form-urlencoded', 'X-Requested-With': 'fetch'},
        body: new URLSearchParams(form),
    })).json();
    const bearer = {headers: {Authorization: `Bearer ${tokens.access_token}`}};
    const user = await (await fetch(told.userinfo_endpoint, bearer)).json();
    return {keys: keys.keys.length, error: tokens.error, sub: user.sub};
}
"""
# Without a header of its own the browser asks nobody before it sends this.
BLIND_POST = "url => fetch(url, {method: 'POST'}).then(() => 'read', () => 'blocked')"
READ_FORM = """
given => fetch(given.url, {method: 'POST', body: new URLSearchParams(given.form)}).then(() => 'read', () => 'blocked')
"""
READ = "url => fetch(url).then(answer => answer.text(), () => 'blocked')"


def redeemed(application: Application, code: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "client_id": "web", "code": code, "code_verifier": VERIFIER}
    return {"discovery": application.about["discovery_url"], "form": {**form, "redirect_uri": application.callback}}


@pytest.mark.parametrize("style", VENDORS)
def test_a_single_page_application(page: Page, make_application: MakeApplication, style: str) -> None:
    """Its script fetches documents, redeems the code with PKCE, and reads who the user is."""
    application = make_application(style)
    code = sign_in(page, application)["code"]
    found = page.evaluate(CODE_FLOW, redeemed(application, code))
    assert found["error"] is None
    assert found["keys"] > 0
    assert found["sub"]


def test_a_page_that_is_not_of_the_client(page: Page, make_application: MakeApplication) -> None:
    """Once the client has declared where its pages are, the script of another cannot read the tokens."""
    application = make_application(clients=[{"id": "web", "web_origins": ["https://app.example"]}])
    code = sign_in(page, application)["code"]
    form = redeemed(application, code)["form"]
    assert page.evaluate(READ_FORM, {"url": application.document["token_endpoint"], "form": form}) == "blocked"


def test_a_page_of_this_machine_reads_nothing_of_the_control_api(
    page: Page, application: Application, idp: EmbeddedIdp
) -> None:
    """Its script gets no answer."""
    page.goto(application.callback)
    assert page.evaluate(READ, f"{idp.url}/_mock/issuers") == "blocked"


def test_a_page_of_elsewhere_does_nothing(page: Page, application: Application, idp: EmbeddedIdp) -> None:
    """Not even with requests for which the browser asks no permission."""
    # Browsers take all names below localhost for this machine, and a stranger's page may have any name.
    page.goto(application.callback.replace("127.0.0.1", "evil.localhost"))
    before = application.own("GET", "/keys")["keys"]
    for url in (f"{idp.url}/_mock/issuers/{application.about['id']}/rotate", f"{idp.url}/_mock/reset"):
        assert page.evaluate(BLIND_POST, url) == "blocked"
    assert application.own("GET", "/keys")["keys"] == before
