"""The root of the server: a page for browsers, and what it was before for everybody else."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_idp.settings import IssuerSettings

ROOT = Path(__file__).parents[2]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ISSUERS = (
    IssuerSettings(id="front", style="auth0", mount="root", algorithm="ES256"),
    IssuerSettings(id="behind", style="okta", algorithm="ES256"),
)


def get(url: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, headers=headers, timeout=20)


def test_a_browser_is_shown_the_way(make_idp: Callable[..., Any]) -> None:
    """To the dashboard and to the documents of each issuer; every link leads somewhere."""
    idp, _ = make_idp(issuers=ISSUERS)
    page = get(f"{idp.url}/", **BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "For testing only" in page.text
    links = re.findall(r' href="([^"]+)"', page.text)
    assert {"_mock/ui", ".well-known/openid-configuration", "i/behind/oauth2/default/v1/keys"} <= set(links)
    for link in links:
        assert get(f"{idp.url}/{link}").status_code == 200, link
    for file in re.findall(r"<dt><code>(.+?)</code>", page.text):
        assert (ROOT / file).exists()


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "text/plain"])
def test_all_others_get_what_they_got(make_idp: Callable[..., Any], accept: str) -> None:
    """The issuer's answer to a path that it doesn't serve, and an entry in its log."""
    idp, api = make_idp(issuers=ISSUERS)
    answer = get(f"{idp.url}/", Accept=accept)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert len(api.ok("GET", "/issuers/front/requests")["requests"]) == 1


def test_a_browser_leaves_no_entry(make_idp: Callable[..., Any]) -> None:
    """The page is none of an issuer."""
    idp, api = make_idp(issuers=ISSUERS)
    get(f"{idp.url}/", **BROWSER)
    assert api.ok("GET", "/issuers/front/requests")["requests"] == []


def test_other_paths_and_methods_are_the_issuers(make_idp: Callable[..., Any]) -> None:
    """Also for a browser."""
    idp, _ = make_idp(issuers=ISSUERS)
    assert get(f"{idp.url}/nowhere", **BROWSER).json()["error"] == "not_found"
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(f"{idp.url}/", headers=BROWSER, timeout=20).json()["error"] == "not_found"
        assert session.head(f"{idp.url}/", headers=BROWSER, timeout=20).headers["Content-Type"].startswith("text/html")


def test_an_issuer_that_serves_the_root_keeps_it(make_idp: Callable[..., Any]) -> None:
    """Its document comes first. No style has one there so far."""
    idp, _ = make_idp(issuers=ISSUERS)
    idp.state.routes = {**idp.state.routes, "/": idp.state.routes["/.well-known/jwks.json"]}
    assert "keys" in get(f"{idp.url}/", **BROWSER).json()


def test_only_who_may_list_the_issuers_sees_them(make_idp: Callable[..., Any]) -> None:
    """Whoever has no control token, or comes under a foreign name, is told of the one that answers here anyway."""
    for settings, headers in (({}, {"Host": "evil.example"}), ({"control_token": "s3"}, {})):
        idp, _ = make_idp(issuers=ISSUERS, **settings)
        page = get(f"{idp.url}/", **BROWSER, **headers).text
        assert "front" in page
        assert "behind" not in page
        assert "those who may use the control API" in page


def test_it_costs_nothing_until_it_is_asked_for() -> None:
    """Neither the room of the pages nor Jinja is loaded by the server."""
    code = (
        "import mock_idp.server.wsgi, mock_idp.run.rsgi, sys; "
        "print([name for name in sys.modules if 'jinja' in name or 'dashboard' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
