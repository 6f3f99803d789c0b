"""`init --mcp` finds out by itself what a profile of an MCP server says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_service import Answer, Call, SmallService

from harness.base.errors import HarnessError, UsageError
from harness.cli.init_mcp import init_mcp
from harness.declared.profile import Profile, load_profile
from harness.idp.client import IdpClient, IssuerClient
from harness.shown import terminal
from harness.survey.mcp import McpServer, McpSurvey
from harness.survey.mcp_profile import mcp_profile_text
from harness.targets.base import ServiceConfig
from harness.targets.reference import ReferenceTarget

URL = "https://notes.example/mcp"
Behaviour = Callable[[Call], Answer]


@pytest.fixture
def issuer(idp_client: IdpClient) -> Iterator[IssuerClient]:
    made = idp_client.create_issuer("mcp", audience=URL)
    yield made
    made.delete()


@contextmanager
def reference(issuer: IssuerClient, *faults: str) -> Iterator[str]:
    """The address of a reference server that trusts the issuer."""
    target = ReferenceTarget(service="mcp", faults=faults)
    config = ServiceConfig(issuer=issuer.issuer, audience=URL, jwks_url=issuer.jwks_uri, permissions_claim="scope")
    try:
        yield f"{target.start(config).base_url}/mcp"
    finally:
        target.close()


def asked(url: str, idp: IdpClient, issuer: str | None = None) -> tuple[McpServer, list[str]]:
    said: list[str] = []
    return McpSurvey(url, idp, issuer, (), said.append).ask(), said


def profile_of(server: McpServer, folder: Path) -> Profile:
    """The profile that is written, loaded."""
    return load_profile(folder / "found.toml", text=mcp_profile_text(server, "Notes"))


def test_a_server_says_most_by_itself(idp_client: IdpClient, issuer: IssuerClient, tmp_path: Path) -> None:
    """Address, issuer and scope from challenge and metadata, revisions and tools by asking."""
    with reference(issuer) as url:
        server, said = asked(url, idp_client)
    found = profile_of(server, tmp_path)
    assert (server.issuer, server.style, server.notes) == (issuer.id, "mcp", ())
    assert server.tools == ("list_notes", "add_note")
    assert found.mcp is not None
    assert (found.mcp.url, found.mcp.scopes) == (URL, ("notes:read",))
    assert found.mcp.revisions == ("2025-11-25", "2025-06-18", "2026-07-28")
    assert found.documents == ("mcp", *(f"mcp-{one}" for one in found.mcp.revisions))
    assert said[0] == "initialize without a token: 401"


def test_what_is_missing_is_looked_for_and_told(idp_client: IdpClient, issuer: IssuerClient) -> None:
    """A scope among those that are supported, metadata at the well-known place, an issuer that nearly is one."""
    faults = ("m-mcp-challenge-bare", "m-mcp-challenge-no-scope", "m-mcp-metadata-issuer-slash")
    with reference(issuer, *faults) as url:
        server, _ = asked(url, idp_client)
    assert server.mcp.scopes == ("notes:read",)
    assert server.notes == (
        "its challenge names no resource_metadata",
        f"its metadata don't name the issuer {issuer.issuer} as it calls itself",
    )


def server_of(
    scopes: Callable[[Call], list[str]], needed: tuple[str, ...] = (), *, open_methods: tuple[str, ...] = ()
) -> Behaviour:
    """A server without metadata: `scopes` reads them of a token, and `open_methods` want none."""

    def behaviour(call: Call) -> Answer:
        if call.method != "POST":
            return Answer(404)
        method = json.loads(call.body)["method"]
        if method not in open_methods:
            if not call.token:
                return Answer(401, "{}", (("WWW-Authenticate", 'Bearer scope="a b"'),))
            if not set(needed) <= set(scopes(call)):
                return Answer(403)
        version = json.loads(call.body)["params"].get("protocolVersion")
        known = {"protocolVersion": version if version == "2025-06-18" else "2025-03-26"}
        result = known if method == "initialize" else {"tools": [{"name": "one"}, {"title": 7}, 8]}
        return Answer(200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}))

    return behaviour


def test_scopes_in_another_claim_are_found(idp_client: IdpClient, issuer: IssuerClient, tmp_path: Path) -> None:
    """And where they are there stands in the profile."""
    with SmallService(server_of(lambda call: call.claims.get("scp", []), ("a", "b"))) as service:
        server, _ = asked(f"{service.url}/mcp", idp_client, issuer.id)
    found = profile_of(server, tmp_path)
    assert (found.permissions_place.claim, found.permissions_place.form) == ("scp", "array")
    assert found.routes["read"].permission == "a b"


def test_a_server_that_wants_a_token_for_its_tools_alone(
    idp_client: IdpClient, issuer: IssuerClient, tmp_path: Path
) -> None:
    """Is asked for these; without a scope a valid token is enough. Of the revisions it says which it knows."""
    with SmallService(server_of(lambda _: [], open_methods=("initialize",))) as service:
        server, _ = asked(f"{service.url}/mcp", idp_client, issuer.id)
    found = profile_of(server, tmp_path)
    assert found.mcp is not None
    assert (found.mcp.probe, found.permissions_place.form) == ("tools/list", "none")
    assert (found.mcp.revisions, server.tools) == (("2025-06-18", "2026-07-28"), ("one",))


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (lambda _: Answer(404), "there is no MCP server at"),
        (lambda _: Answer(200), "refuses nobody"),
        (lambda _: Answer(401), "is let in: 401"),
    ],
)
def test_where_nothing_is_found_out_it_is_said(
    idp_client: IdpClient, issuer: IssuerClient, behaviour: Behaviour, sentence: str
) -> None:
    with SmallService(behaviour) as service, pytest.raises(HarnessError, match=sentence):
        asked(f"{service.url}/mcp", idp_client, issuer.id)


def test_a_server_that_trusts_somebody_else_is_told_apart(idp_client: IdpClient, issuer: IssuerClient) -> None:
    """It names whom it trusts, and that is none of the mock."""

    def behaviour(call: Call) -> Answer:
        return Answer(200, '{"authorization_servers": ["https://as.example"]}') if call.method == "GET" else Answer(401)

    with SmallService(behaviour) as service, pytest.raises(HarnessError, match=r"https://as\.example"):
        asked(f"{service.url}/mcp", idp_client)


def test_the_command_writes_a_profile_and_says_what_is_next(
    idp_client: IdpClient, issuer: IssuerClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there is left alone, and so is a URL that is none."""
    file = tmp_path / "notes.toml"

    def run(url: str) -> int:
        named = {"title": "Notes", "idp_url": idp_client.url, "control_token": None, "issuer": None}
        return init_mcp(terminal.console(), lambda _: None, url, file, False, scopes=(), **named)

    with reference(issuer) as url:
        assert run(url) == 0
        with pytest.raises(UsageError, match="is there"):
            run(url)
    assert load_profile(file).title == "Notes"
    assert f"--profile {file}" in capsys.readouterr().out.replace("\n", "")
    with pytest.raises(UsageError, match="--mcp takes the address"):
        run("127.0.0.1:8000")
