"""The real clients of the Model Context Protocol, unpatched, log in with the mock and use a protected server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from client_process import ClientProcess, command
from protected_server import ProtectedServer

from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import IssuerSettings, ServerSettings

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("IDP_HARNESS_REQUIRE_EXAMPLES"),
        reason="installs SDKs from PyPI and npm: ask with IDP_HARNESS_REQUIRE_EXAMPLES=1",
    ),
    pytest.mark.xdist_group("mcp-clients"),
]
CLIENTS = ("python", "fastmcp", "typescript")
TOOLS = ["list_notes", "write_note"]


class Session:
    """A mock, a server that trusts it, and the client that is tried."""

    def __init__(self, idp: EmbeddedIdp, server: ProtectedServer, started_as: list[str], ending: ExitStack) -> None:
        self.server = server
        self._idp, self._started_as, self._ending = idp, started_as, ending

    def connect(self, **options: str) -> ClientProcess:
        return self._ending.enter_context(ClientProcess(self._started_as, self.server.url, options))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self._idp.url}/_mock/issuers/default{path}", json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def script(self, **step: Any) -> None:
        self.control("POST", "/script", {"times": None, **step})

    def grants(self) -> list[str]:
        """What the client has asked the token endpoint for."""
        asked = self.control("GET", "/requests?endpoint=token")["requests"]
        return [one["form"]["grant_type"] for one in asked]

    def count(self, endpoint: str) -> int:
        return len(self.control("GET", f"/requests?endpoint={endpoint}")["requests"])


@pytest.fixture
def session(client: str, tmp_path: Path) -> Iterator[Session]:
    issuer = IssuerSettings("default", "mcp", mount="root", algorithm="ES256", auto_login="ann")
    started_as = command(client, tmp_path)
    with EmbeddedIdp(ServerSettings(port=0, issuers=(issuer,))) as idp:
        name = f"http://localhost:{idp.port}"
        with ProtectedServer(name, f"{name}/.well-known/jwks.json") as server, ExitStack() as ending:
            yield Session(idp, server, started_as, ending)
        idp.raise_pending()


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Publishes a document about a client at an https URL, as all clients want it; the URL."""
    site = IssuerSettings("site", "custom", mount="root", algorithm="ES256")
    with EmbeddedIdp(ServerSettings(port=0, issuers=(site,)), tls=True) as idp:
        # What the mock verifies the certificate with.
        monkeypatch.setenv("SSL_CERT_FILE", str(idp.ca_file))

        def publish(**members: Any) -> str:
            url = f"https://localhost:{idp.port}/.well-known/jwks.json"
            step = {"on": "jwks", "times": None, "response": {"body": {"client_id": url, **members}}}
            script = f"{idp.url}/_mock/issuers/site/script"
            requests.post(script, json=step, verify=str(idp.ca_file), timeout=20).raise_for_status()
            return url

        yield publish


def refresh(client: str, session: Session, process: ClientProcess) -> None:
    """Let the client need a fresh token: by its own clock, or because the server refuses the one it has."""
    if client == "typescript":
        session.server.refuse_last()
    else:
        assert process.does("expire") == "expired"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_registers(client: str, session: Session) -> None:
    """Challenge, metadata, registration, login, tokens for this server; then a rotation, and a refresh signed with the
    key that came with it.
    """
    process = session.connect()
    assert process.tools == TOOLS
    assert process.does("list_notes") == "list_notes"
    assert (session.count("registration"), session.server.tokens[-1]["aud"]) == (1, session.server.url)
    session.control("POST", "/rotate")
    refresh(client, session, process)
    assert process.does("list_notes") == "list_notes"
    assert session.grants() == ["authorization_code", "refresh_token"]
    assert session.count("jwks") == 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_known_by_its_document(client: str, session: Session, publish: Callable[..., str]) -> None:
    """It registers nowhere; and steps up when a tool needs more.

    Without a refresh token, as that of TypeScript refreshes in place of stepping up where it has one.
    """
    uris = ["http://localhost:3030/callback", "http://localhost/callback"]
    document = publish(client_name="A test", redirect_uris=uris, token_endpoint_auth_method="none")
    process = session.connect(document=document)
    assert process.tools == TOOLS
    assert process.does("write_note") == "write_note"
    claims = session.server.tokens[-1]
    assert (claims["client_id"], session.count("registration")) == (document, 0)
    assert "notes:write" in claims["scope"].split()
    assert session.grants() == ["authorization_code", "authorization_code"]


@pytest.mark.parametrize("client", ["python"])
def test_the_python_sdk_looks_at_iss(client: str, session: Session) -> None:
    """One that is missing although the metadata promises it ends the flow."""
    session.script(on="authorize", merge={"iss": None})
    assert "iss" in session.connect().tools["failed"]
    assert session.grants() == []


@pytest.mark.parametrize("client", ["typescript"])
def test_the_typescript_sdk_looks_at_challenge_methods(client: str, session: Session) -> None:
    """It wants S256 where methods are named, and finds the metadata in the second place."""
    first = "/.well-known/oauth-authorization-server"
    session.control("POST", "/faults", {"on": "discovery", "kind": "status", "status": 404, "when": {":path": first}})
    session.script(on="discovery", merge={"code_challenge_methods_supported": ["plain"]})
    assert "S256" in session.connect().tools["failed"]
    assert session.count("discovery") >= 2
    assert session.count("authorize") == 0
