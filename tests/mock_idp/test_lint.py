"""The WSGI application keeps to the rules of WSGI, checked by werkzeug's LintMiddleware."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.middleware.lint import LintMiddleware
from werkzeug.test import Client

from mock_idp.issuer.state import State
from mock_idp.jose.pool import KeyPool
from mock_idp.server.wsgi import MockIdpWsgi
from mock_idp.settings import IssuerSettings, ServerSettings


@pytest.fixture
def client() -> Iterator[Client]:
    """A client whose every request goes through the middleware; warnings are errors."""
    issuers = (IssuerSettings(id="default", style="auth0", mount="root", algorithm="ES256"),)
    state = State(ServerSettings(issuers=issuers), "http://localhost", KeyPool(0))
    state.start()
    wsgi = MockIdpWsgi(state)
    yield Client(LintMiddleware(wsgi))
    wsgi.close()
    assert not wsgi.errors


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/.well-known/jwks.json", 200),
        ("HEAD", "/.well-known/jwks.json", 200),
        ("POST", "/.well-known/jwks.json", 405),
        ("GET", "/.well-known/openid-configuration", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/i/nobody/keys", 404),
        ("GET", "/_mock/health", 200),
        ("GET", "/_mock/issuers", 200),
        ("HEAD", "/_mock/issuers", 200),
        ("GET", "/_mock/nowhere", 404),
        ("POST", "/_mock/issuers/default/rotate", 200),
        ("DELETE", "/_mock/issuers/default/requests", 204),
        ("POST", "/_mock/reset", 204),
    ],
)
def test_plain_requests(client: Client, method: str, path: str, status: int) -> None:
    """Every kind of answer passes the middleware and carries the marker."""
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.headers["X-Mock-Idp"] == "testing-only"


def test_token_request(client: Client) -> None:
    """So does the token endpoint."""
    answer = client.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": "a"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 204},
        {"kind": "status", "status": 503, "body": "down"},
        {"kind": "garbage"},
        {"kind": "content-type", "value": None},
        {"kind": "redirect", "location": "http://localhost/elsewhere"},
        {"kind": "huge", "bytes": 200_000},
        {"kind": "huge", "bytes": 200_000, "padding": "whitespace"},
        {"kind": "body", "body": {"keys": []}},
        {"kind": "encoding", "gzip": "always", "bom": True},
        {"kind": "crowd", "count": 10},
    ],
)
def test_faults_that_are_answers(client: Client, fault: dict[str, Any]) -> None:
    """A faulty answer is wrong in what it says, not in how it is handed to the server."""
    planned = client.post("/_mock/issuers/default/faults", json={"on": "jwks", **fault})
    assert planned.status_code == 201, planned.text
    answer = client.get("/.well-known/jwks.json")
    assert len(answer.get_data()) == int(answer.headers.get("Content-Length", 0))


def test_an_answer_without_a_length(client: Client) -> None:
    """The application leaves the framing to the server."""
    usual = client.get("/.well-known/jwks.json").get_data()
    client.post("/_mock/issuers/default/faults", json={"on": "jwks", "kind": "encoding", "chunked": True})
    answer = client.get("/.well-known/jwks.json")
    assert "Content-Length" not in answer.headers
    assert answer.get_data() == usual
