"""How a Keycloak answers whatever is asked: methods, headers, other origins. Facts: answers of a live 26.7.3 server."""

from __future__ import annotations

import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

CONNECT = "/protocol/openid-connect"
DISCOVERY = "/.well-known/openid-configuration"
PAGE = "http://page.example"
ASKS = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-mine"}
MAY_BE_SENT = (
    "Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, "
    "Content-Type, Authorization"
)
FRAMES = "X-Frame-Options"


@pytest.fixture
def keycloak(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("keycloak", algorithm="ES256")


def ask(issuer: IssuerApi, method: str, path: str, **headers: str) -> requests.Response:
    url = issuer.local(issuer.about["issuer"]) + path
    return issuer.api.session.request(method, url, headers=headers, allow_redirects=False, timeout=20)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", DISCOVERY, 200),
        ("OPTIONS", f"{CONNECT}/token", 200),
        ("HEAD", f"{CONNECT}/userinfo", 401),
        ("HEAD", f"{CONNECT}/auth", 400),
        ("HEAD", f"{CONNECT}/logout", 200),
        ("HEAD", f"{CONNECT}/token", 405),
        ("GET", f"{CONNECT}/auth/device", 200),
        ("POST", f"{CONNECT}/logout", 200),
        ("POST", f"{CONNECT}/nothing", 405),
        ("GET", f"{CONNECT}/nothing", 404),
    ],
)
def test_methods(keycloak: IssuerApi, method: str, path: str, status: int) -> None:
    """HEAD is taken wherever GET is, OPTIONS everywhere; the address for devices is a page for browsers."""
    answer = ask(keycloak, method, path)
    assert answer.status_code == status
    assert method not in ("HEAD", "OPTIONS") or not answer.content


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/token", None), ("/token/introspect", "HEAD, POST, OPTIONS"), ("/auth", "HEAD, POST, GET, OPTIONS")],
)
def test_options_lists_methods_where_there_is_no_preflight(keycloak: IssuerApi, path: str, allowed: str | None) -> None:
    """And only there."""
    assert ask(keycloak, "OPTIONS", CONNECT + path).headers.get("Allow") == allowed


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (DISCOVERY, "GET"),
        (f"{CONNECT}/certs", "GET"),
        ("", "GET, HEAD, OPTIONS"),
        (f"{CONNECT}/userinfo", "GET, HEAD, OPTIONS"),
        (f"{CONNECT}/logout", "GET, HEAD, OPTIONS"),
        (f"{CONNECT}/token", "POST, OPTIONS"),
        (f"{CONNECT}/token/introspect", None),
        (f"{CONNECT}/ext/par/request", None),
    ],
)
def test_a_page_may_send_some_headers(keycloak: IssuerApi, path: str, methods: str | None) -> None:
    """Always the same ones: a page that sends another is stopped by its browser. Two endpoints are for no page."""
    headers = ask(keycloak, "OPTIONS", path, **ASKS).headers
    assert headers.get("Access-Control-Allow-Methods") == methods
    assert headers.get("Access-Control-Allow-Headers") == (MAY_BE_SENT if methods else None)
    assert "Vary" not in headers


def test_what_a_page_may_read(keycloak: IssuerApi) -> None:
    """The challenge of userinfo, but not why there is no such method."""
    exposed = ask(keycloak, "GET", f"{CONNECT}/userinfo", Origin=PAGE).headers["Access-Control-Expose-Headers"]
    assert exposed == "Access-Control-Allow-Methods, WWW-Authenticate"
    assert "Access-Control-Allow-Origin" not in ask(keycloak, "GET", f"{CONNECT}/token", Origin=PAGE).headers


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        (f"{CONNECT}/auth", None),
        (f"{CONNECT}/logout", "no-cache"),
        ("/device", "no-store, must-revalidate, max-age=0"),
        (f"{CONNECT}/login-status-iframe.html", "no-cache, must-revalidate, no-transform, no-store"),
    ],
)
def test_headers_of_pages(keycloak: IssuerApi, path: str, caching: str | None) -> None:
    """Nobody else may frame them, but for the one that exists to be framed."""
    headers = ask(keycloak, "GET", path).headers
    framed = path.endswith("iframe.html")
    assert (headers.get("Cache-Control"), headers.get(FRAMES)) == (caching, None if framed else "SAMEORIGIN")
    assert ("frame-ancestors" in headers["Content-Security-Policy"]) is not framed
    assert (headers["Content-Type"], headers["X-Robots-Tag"]) == ("text/html;charset=utf-8", "none")


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        ("application/json", 200, "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200, "application/json"),
        ("application/jwk-set+json", 406, "application/json"),
        ("text/html", 406, "text/html;charset=utf-8"),
    ],
)
def test_discovery_is_json_for_who_takes_json(keycloak: IssuerApi, accept: str, status: int, kind: str) -> None:
    """A client that asks with the type of the key set gets no discovery document, and no usual header."""
    answer = ask(keycloak, "GET", DISCOVERY, Accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, kind)
    assert (FRAMES in answer.headers) is (status == 200)


def test_only_json_says_who_may_frame_it(keycloak: IssuerApi) -> None:
    """The key set in its own type is none, to the letter of its type."""
    certs = f"{CONNECT}/certs"
    assert FRAMES in ask(keycloak, "GET", certs).headers
    answer = ask(keycloak, "GET", certs, Accept="application/jwk-set+json")
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert FRAMES not in answer.headers
    assert ask(keycloak, "GET", "").headers["Content-Type"] == "application/json;charset=UTF-8"
