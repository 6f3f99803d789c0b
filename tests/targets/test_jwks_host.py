"""Names that Tasker refuses, or that lead elsewhere, are refused with the reason before a worker is started."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from harness.targets import TargetError
from harness.targets.jwks_host import check_is_url, check_jwks_host, refusal

REFUSED = [
    "localhost",
    "LOCALHOST",
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "2130706433",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "[::1]",
    "metadata.google.internal",
]


@pytest.fixture
def resolves_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every name resolve to these addresses."""

    def resolves_to(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    return resolves_to


@pytest.mark.parametrize("host", REFUSED)
def test_a_host_that_tasker_refuses_is_known(host: str) -> None:
    assert refusal(host)


@pytest.mark.parametrize("host", ["idp.tasker.test", "tenant.eu.auth0.com", "8.8.8.8", "localhost.localdomain"])
def test_a_host_that_tasker_accepts_is_known(host: str) -> None:
    assert refusal(host) is None


@pytest.mark.parametrize("url", ["", "idp.tasker.test", "ftp://idp.tasker.test/", "http:///jwks.json"])
def test_a_jwks_url_that_is_none_says_so(url: str) -> None:
    with pytest.raises(TargetError, match="not an http or https URL"):
        check_is_url(url)


def test_a_name_that_resolves_to_loopback_is_taken(resolves_to: Callable[..., None]) -> None:
    resolves_to("127.0.0.1", "::1")
    check_jwks_host("my-machine")


@pytest.mark.parametrize("addresses", [["192.0.2.7"], ["127.0.0.1", "192.0.2.7"], ["127.0.1.1"]])
def test_a_name_that_leads_elsewhere_is_refused(resolves_to: Callable[..., None], addresses: list[str]) -> None:
    resolves_to(*addresses)
    with pytest.raises(TargetError, match=r"resolves to .*; it has to resolve to 127\.0\.0\.1"):
        check_jwks_host("my-machine")


def test_a_name_that_does_not_resolve_is_refused() -> None:
    with pytest.raises(TargetError, match="does not resolve"):
        check_jwks_host("no-such-name.invalid")


def test_localhost_is_refused_with_what_to_use_instead() -> None:
    with pytest.raises(TargetError, match=r"'localhost' is a name that Tasker refuses .* use a name that resolves"):
        check_jwks_host("localhost")
