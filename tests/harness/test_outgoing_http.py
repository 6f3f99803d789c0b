"""Nothing of the harness follows a redirect, or asks a proxy that the environment names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from raw_server import RawServer

from harness.reference.faults import http_get

HARNESS = Path(http_get.__file__).parents[2]
# Clients that follow redirects and read proxies from the environment unless they are told otherwise; `http.client` and
# sockets do neither.
FOLLOWERS = {"aiohttp", "httpx", "pycurl", "requests", "urllib.request", "urllib3"}
# The one place that tells one, and one that only names its exceptions.
PLACES = {
    "reference/faults/http_get.py": {"Response", "Session"},
    "reference/faults/header_keys.py": {"RequestException"},
}
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"


def followers(source: str) -> dict[str, set[str]]:
    """The clients that a file imports, by the names in it that are taken from them."""
    tree, found = ast.parse(source), dict[str, set[str]]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= {name: set() for name in FOLLOWERS if f"{alias.name}.".startswith(f"{name}.")}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}."
                found |= {name: {alias.name} for name in FOLLOWERS if whole.startswith(f"{name}.")}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in found:
            found[node.value.id].add(node.attr)
    return found


def test_no_module_uses_a_client_that_follows_redirects() -> None:
    """But one, which tells it not to."""
    found = {
        str(file.relative_to(HARNESS)): names
        for file in HARNESS.rglob("*.py")
        if (names := followers(file.read_text()))
    }
    assert found == {place: {"requests": names} for place, names in PLACES.items()}


@pytest.mark.parametrize(
    "line",
    [
        "import requests",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import urllib3.util",
        "import httpx",
    ],
)
def test_each_way_to_get_one_is_found(line: str) -> None:
    assert followers(line)


@pytest.mark.parametrize("line", ["import http.client", "from urllib.parse import urlsplit", "import requestsx"])
def test_what_is_none_is_not(line: str) -> None:
    assert not followers(line)


@pytest.mark.parametrize(("follow", "asked"), [(False, 1), (True, 2)])
def test_a_fault_follows_a_redirect_only_when_that_is_the_fault(
    monkeypatch: pytest.MonkeyPatch, follow: bool, asked: int
) -> None:
    """And no proxy is asked, or its requests would be seen by nobody."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with RawServer(MOVED, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") as server:
        answer = http_get.get(server.url, timeout=20, follow_redirects=follow)
        assert (answer.status_code, len(server.requests)) == ((200 if follow else 302), asked)
