"""Who may use the control API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from idp_api import Api


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9400", "127.0.0.1:1", "[::1]:9400", "192.0.2.7:9400", "LOCALHOST"]
)
def test_known_hosts(api: Api, host: str) -> None:
    """localhost, and any address: a name server cannot change what an address means."""
    assert api.call("GET", "/issuers", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "a b", "[::1", "localhost@evil.example"]
)
def test_foreign_hosts(api: Api, host: str) -> None:
    """A name that somebody pointed at this machine is refused (DNS rebinding)."""
    answer = api.call("POST", "/issuers", {"style": "custom"}, headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]) == (403, "unknown_host")


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://evil.example:9400", "http://localhost.evil.example", "http://192.0.2.7"),
        # A page in a sandbox, from a file or behind a redirect says null (RFC 6454 section 7.3), whoever it is from.
        *("null", "NULL", "null, http://localhost", "", "file://", "localhost", "//localhost", "http://[::1"),
        *("http://localhost@evil.example", "http://127.0.0.1.evil.example", "chrome-extension://localhost.evil"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/reset"), ("GET", "/issuers"), ("DELETE", "/issuers/none")])
def test_a_foreign_page_is_refused(api: Api, origin: str, method: str, path: str) -> None:
    """A web page can make the browser send a request, but not without its origin, and it has to have a known one."""
    answer = api.call(method, path, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"])
def test_a_page_of_this_machine_is_not(api: Api, origin: str) -> None:
    """A dashboard on localhost may call."""
    assert api.call("GET", "/issuers", headers={"Origin": origin}).status_code == 200


def test_health_is_for_everybody(api: Api) -> None:
    """A health check may come under any name."""
    assert api.call("GET", "/health", headers={"Host": "anything"}).status_code == 200


def test_vendor_paths_are_for_everybody(issuer: Any) -> None:
    """A service may know the issuer under any name."""
    assert issuer.get(headers={"Host": "login.example"}).status_code == 200


def test_more_hosts_can_be_allowed(make_idp: Callable[..., Any]) -> None:
    """A compose service name, and the public URL's host."""
    _, api = make_idp(allowed_hosts=("idp",), public_url="http://public.example:9400")
    for host in ("idp:9400", "public.example"):
        assert api.call("GET", "/issuers", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic s3"},
        {"X-Mock-Control-Token": ""},
        {"X-Mock-Control-Token": "é"},
        {"X-Mock-Control-Token": "s"},
        {"X-Mock-Control-Token": "s33"},
        {"Authorization": "s3"},
        {"Authorization": "Bearer s3 s3"},
    ],
)
def test_without_the_control_token(make_idp: Callable[..., Any], headers: dict[str, str]) -> None:
    """Where a token is configured nothing goes without it."""
    _, api = make_idp(control_token="s3")
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = api.call("GET", "/issuers", headers=encoded)
    assert (answer.status_code, answer.json()["error"]) == (401, "control_token_needed")


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer s3"}, {"X-Mock-Control-Token": "s3"}])
def test_with_the_control_token(make_idp: Callable[..., Any], headers: dict[str, str]) -> None:
    """Either header will do, and then the host does not matter: no page knows the token."""
    _, api = make_idp(control_token="s3")
    assert api.call("GET", "/issuers", headers={**headers, "Host": "evil.example"}).status_code == 200


def test_bodies_are_bounded(make_idp: Callable[..., Any]) -> None:
    """A body beyond the bound is not read."""
    _, api = make_idp(max_body_bytes=1000)
    answer = api.call("POST", "/issuers", {"style": "custom", "audience": "a" * 2000})
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


def test_chunked_bodies_are_bounded_too(make_idp: Callable[..., Any]) -> None:
    """Not even when nobody announced how long it is."""
    _, api = make_idp(max_body_bytes=1000)
    chunks = (b"a" * 600 for _ in range(3))
    answer = api.session.post(f"{api.url}/_mock/issuers", data=chunks, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
