"""Issuers that are made by their first request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from idp_api import Api

AutoIdp = Callable[..., Any]


@pytest.fixture
def auto(make_idp: AutoIdp) -> Api:
    _, api = make_idp(auto_issuers=True, default_style="custom", key_pool_size=4)
    return api  # type: ignore[no-any-return]


def fetch(api: Api, path: str) -> int:
    return api.session.get(api.url + path, timeout=20).status_code


@pytest.mark.parametrize(
    ("path", "style"),
    [
        ("/.well-known/jwks.json", "custom"),
        ("/realms/tasker/protocol/openid-connect/certs", "keycloak"),
        ("/oauth2/default/v1/keys", "okta"),
        ("/oauth/token", "auth0"),
    ],
)
def test_the_path_tells_the_style(auto: Api, path: str, style: str) -> None:
    """The default style where its layout fits, otherwise the one whose layout does."""
    fetch(auto, f"/i/new{path}")
    assert [(issuer["id"], issuer["style"]) for issuer in auto.ok("GET", "/issuers")["issuers"]] == [("new", style)]


def test_the_first_request_is_answered(auto: Api) -> None:
    """Whoever asks first gets the keys, and is in the log."""
    assert fetch(auto, "/i/new/.well-known/jwks.json") == 200
    assert len(auto.ok("GET", "/issuers/new/requests")["requests"]) == 1


@pytest.mark.parametrize(
    "path", ["/i/new/nothing", "/i//.well-known/jwks.json", "/i/a b/.well-known/jwks.json", "/i/new"]
)
def test_a_path_of_no_layout_makes_nothing(auto: Api, path: str) -> None:
    """A stray request is a 404."""
    assert fetch(auto, path) == 404
    assert auto.ok("GET", "/issuers") == {"issuers": []}


def test_one_issuer_for_many_first_requests(auto: Api) -> None:
    """Clients that come at once find one and the same issuer."""
    bodies: list[bytes] = []
    start = threading.Barrier(8)

    def first() -> None:
        start.wait()
        with Api(auto.url) as api:
            bodies.append(api.session.get(f"{auto.url}/i/new/.well-known/jwks.json", timeout=20).content)

    threads = [threading.Thread(target=first) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 8
    assert len(set(bodies)) == 1


def test_not_without_being_asked(make_idp: AutoIdp) -> None:
    """By default an unknown issuer is a 404."""
    _, api = make_idp()
    assert fetch(api, "/i/new/.well-known/jwks.json") == 404
    assert api.ok("GET", "/issuers") == {"issuers": []}
