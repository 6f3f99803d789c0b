"""Scripted answers that are the usual ones but for some members, and conditions on the path."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from idp_api import IssuerApi

CALLBACK = "https://app.test/cb"


def plan(issuer: IssuerApi, **step: Any) -> None:
    issuer.ok("POST", "/script", step)


def authorize(issuer: IssuerApi, **more: str) -> requests.Response:
    asked = {"response_type": "code", "client_id": "me", "redirect_uri": CALLBACK, "state": "st", **more}
    url = issuer.local(issuer.get("discovery_url").json()["authorization_endpoint"])
    return issuer.api.session.get(url, params=asked, timeout=20, allow_redirects=False)


def test_a_document(issuer: IssuerApi) -> None:
    """RFC 7396: a member is another, one is gone, one is new; the next is the usual one again."""
    usual = issuer.get("discovery_url").json()
    plan(issuer, on="discovery", merge={"issuer": "https://x", "scopes_supported": None, "a": {"b": 1, "c": None}})
    changed = issuer.get("discovery_url").json()
    assert changed == {
        **{k: v for k, v in usual.items() if k != "scopes_supported"},
        "issuer": "https://x",
        "a": {"b": 1},
    }
    assert issuer.get("discovery_url").json() == usual


def test_a_token_response(issuer: IssuerApi) -> None:
    """Less scope than the token has, no type."""
    plan(issuer, merge={"scope": "a", "token_type": None})
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "s", "scope": "a b"}
    document = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, timeout=20).json()
    assert (document["scope"], "token_type" in document, "access_token" in document) == ("a", False, True)


@pytest.mark.parametrize(("mode", "part"), [("query", "query"), ("fragment", "fragment")])
def test_what_a_browser_takes_back(issuer: IssuerApi, mode: str, part: str) -> None:
    """A code that works, beside another state and without iss."""
    plan(issuer, on="authorize", merge={"state": "other", "iss": None, "more": 1})
    location = urlsplit(authorize(issuer, mock_user="ann", response_mode=mode).headers["Location"])
    came = dict(parse_qsl(getattr(location, part)))
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    assert came.pop("code")
    assert came == {"state": "other", "more": "1"}


def test_a_page_stays_as_it_is(issuer: IssuerApi) -> None:
    """The login page has no members."""
    plan(issuer, on="authorize", merge={"iss": None})
    assert authorize(issuer).headers["Content-Type"].startswith("text/html")


def test_a_path_is_a_condition(issuer: IssuerApi) -> None:
    """Of a fault: one place of a document is empty, the other is not; of a script likewise."""
    paths = [f"/i/{issuer.id}/.well-known/{name}" for name in ("oauth-authorization-server", "openid-configuration")]
    issuer.fault("status", on="discovery", status=404, when={":path": paths[0]})
    assert [issuer.api.session.get(issuer.api.url + path).status_code for path in paths] == [404, 200]
    plan(issuer, on="discovery", when={":path": paths[1]}, merge={"a": 1})
    assert issuer.api.session.get(issuer.api.url + paths[1]).json()["a"] == 1


def test_one_of_them(issuer: IssuerApi) -> None:
    """A step does one thing."""
    step = {"merge": {"a": 1}, "claims": {"a": 1}}
    assert issuer.refused("POST", "/script", step)[:2] == (400, "invalid_field")
