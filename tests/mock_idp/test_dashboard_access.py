"""Who gets to see the dashboard: those who may use the control API, and with which headers it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from idp_api import Api, IssuerApi

EMPTY = ("/ui", "/ui/static/dashboard.js", "/ui/static/dashboard.css", "/ui/static/icon.svg")


def told(issuer: IssuerApi) -> tuple[str, ...]:
    """The parts of the page that say something about the server."""
    return ("/ui/overview", f"/ui/issuers/{issuer.id}", f"/ui/issuers/{issuer.id}/live")


def test_everything_is_there(issuer: IssuerApi) -> None:
    """With the types that a browser wants, and nothing of it for a cache."""
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for path in (*EMPTY, *told(issuer)):
        answer = issuer.api.call("GET", path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Mock-Idp"] == "testing-only"
        wanted = types.get(path.rpartition(".")[2], "application/json" if path.endswith("live") else "text/html")
        assert answer.headers["Content-Type"].startswith(wanted)
    assert issuer.api.call("HEAD", "/ui").text == ""


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
def test_foreign_hosts(issuer: IssuerApi, host: str) -> None:
    """The Host is looked at for every part, the empty page as well (DNS rebinding)."""
    for path in (*EMPTY, *told(issuer)):
        answer = issuer.api.call("GET", path, headers={"Host": host})
        assert (answer.status_code, answer.json()["error"]) == (403, "unknown_host"), path


def test_pages_of_others(issuer: IssuerApi) -> None:
    """Neither a page of another origin nor one that says null may read a part, or press what a button presses."""
    for origin in ("https://evil.example", "null"):
        for path in told(issuer):
            answer = issuer.api.call("GET", path, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin")
        pressed = issuer.api.call("POST", f"/issuers/{issuer.id}/rotate", headers={"Origin": origin})
        assert pressed.status_code == 403


def test_where_a_control_token_is_needed(make_idp: Callable[..., Any]) -> None:
    """The empty page and its files come without it, as they say nothing about the server; all else needs it."""
    _, api = make_idp(control_token="s3")
    for path in EMPTY:
        assert api.call("GET", path).status_code == 200, path
    open_as = {"Authorization": "Bearer s3"}
    made = api.call("POST", "/issuers", {"style": "custom", "id": "hidden-one"}, headers=open_as)
    assert made.status_code == 201
    for path in told(IssuerApi(api, made.json())):
        refused = api.call("GET", path)
        assert (refused.status_code, refused.json()["error"]) == (401, "control_token_needed"), path
        assert api.call("GET", path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert api.call("GET", path, headers={"Cookie": "control_token=s3; token=s3"}).status_code == 401
        assert api.call("GET", path, headers=open_as).status_code == 200
    assert "hidden-one" not in api.call("GET", "/ui").text


@pytest.mark.parametrize(
    "path",
    ["/ui/static/../overview", "/ui/static/..%2Foverview", "/ui/static/x/../../issuers", "/uix", "/ui/overview/"],
)
def test_no_way_around(make_idp: Callable[..., Any], path: str) -> None:
    """What only begins like the path of an open file is no such file."""
    idp, api = make_idp(control_token="s3")
    # As it is: a client takes the steps out of a path of its own accord.
    request = api.session.prepare_request(requests.Request("GET", idp.url))
    request.url = f"{idp.url}/_mock{path}"
    answer = api.session.send(request, timeout=20)
    assert answer.status_code in (401, 404)
    assert answer.json()["error"] in ("control_token_needed", "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_is_only_read(issuer: IssuerApi, method: str) -> None:
    """Whatever changes something goes by the control API."""
    for path in ("/ui", *told(issuer)):
        answer = issuer.api.call(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_nothing_is_there_beside_it(issuer: IssuerApi) -> None:
    """An unknown file, part or issuer is a 404; the slash behind the page leads to it."""
    for path in ("/ui/static/nope.js", "/ui/static/", "/ui/issuers/nobody", "/ui/issuers", "/ui/nope"):
        assert issuer.api.call("GET", path).status_code == 404, path
    moved = issuer.api.call("GET", "/ui/", allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, "../ui")


def test_the_policy_of_the_pages(issuer: IssuerApi) -> None:
    """Nothing inline, nothing from elsewhere, no frame around it; and the pages keep to it."""
    for path in (*EMPTY, *told(issuer), None):
        answer = (
            issuer.api.session.get(issuer.api.url, headers={"Accept": "text/html"}, timeout=20)
            if path is None
            else issuer.api.call("GET", path)
        )
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if "html" in answer.headers["Content-Type"]:
            assert (
                re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)|javascript:", answer.text) is None
            )


def test_the_embedded_server_and_granian_serve_it_alike(granian: Api, issuer: IssuerApi) -> None:
    """Page, files and start page, byte for byte, and the refusals."""
    for path in EMPTY:
        assert granian.call("GET", path).content == issuer.api.call("GET", path).content
    assert granian.call("GET", "/ui/overview").status_code == 200
    assert granian.call("GET", "/ui/overview", headers={"Host": "evil.example"}).status_code == 403
    page = granian.session.get(granian.url, headers={"Accept": "text/html"}, timeout=20)
    assert "<h1>Mock identity provider</h1>" in page.text
