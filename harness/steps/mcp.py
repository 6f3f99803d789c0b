"""Steps that only mean something for an MCP server: its sessions, and the metadata of the protected resource."""

from __future__ import annotations

from typing import Annotated, Literal, Unpack

from harness.base.verdicts import Deviation, NotPossible, judging
from harness.cell.cell_run import CellRun
from harness.cell.resource_metadata import MetadataReader
from harness.declared.mcp import SESSION_HEADER
from harness.grammar.kinds import gives, uses
from harness.grammar.mock_words import Token
from harness.grammar.model import Table
from harness.shown.foreign_text import foreign
from harness.steps.registry import itself, step
from harness.steps.sending import SendTable

# Two ids that differ in fewer characters are counted, not made at random.
_DIFFERENT = 4
_Place = Literal["challenge", "well-known", "any"]
_Question = Literal["served", "media-type", "resource", "servers", "issuer", "second-issuer", "offline-access"]
_Method = Literal["GET", "DELETE"]


@step()
def open_session(run: CellRun, name: Annotated[str, gives("open-session")], token: Token | None = None) -> None:
    """Sends `initialize` and remembers the `Mcp-Session-Id` of the answer; without one the case is skipped."""
    mcp = run.profile.mcp
    if mcp is None or not mcp.has_sessions:
        raise NotPossible("the revision of the profile has no sessions")
    request = {"body": mcp.message("initialize"), "headers": {**mcp.headers("initialize"), SESSION_HEADER: []}}
    with judging(sets_up=True):
        [sent] = run.send_all({"request": request, **({"token": token} if token else {})})
        run.judge_all([sent], {"expect": "accept"})
    session = sent.exchange.header(SESSION_HEADER)
    if session is None:
        raise NotPossible(f"the server is without sessions: its answer has no {SESSION_HEADER}")
    run.mcp_sessions[name] = session


@step(sends=itself)
def send_in_session(run: CellRun, session: Annotated[str, uses("open-session")], **args: Unpack[SendTable]) -> None:
    """As `send`, with the `Mcp-Session-Id` of a session that a step has opened."""
    request = args.get("request", "read")
    table: Table = {"route": request} if isinstance(request, str) else request
    headers = {**table.get("headers", {}), SESSION_HEADER: run.mcp_sessions[session]}
    told = {**args, "request": {**table, "headers": headers}}
    run.judge_all(run.send_all(told), told)


@step()
def expect_unlike_sessions(
    run: CellRun, first: Annotated[str, uses("open-session")], second: Annotated[str, uses("open-session")]
) -> None:
    """The ids of two sessions have nothing to do with each other: they differ in more than three characters."""
    one, other = run.mcp_sessions[first], run.mcp_sessions[second]
    different = sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
    if different < _DIFFERENT:
        raise Deviation(
            f"ids that differ in {_DIFFERENT} characters at least", f"{foreign(one)} and {foreign(other)}: {different}"
        )


@step()
def expect_resource_metadata(run: CellRun, place: _Place, says: _Question, method: _Method | None = None) -> None:
    """Reads the metadata of the protected resource where the `challenge` of a 401 says they are, at the `well-known`
    place with the path in it, or at `any` place where clients look, and asks for one thing: that they are `served` to
    everybody as a JSON object; as a `media-type` of JSON; that their `resource` is the server's address; that they
    name authorization `servers`; the `issuer` among them, character by character; that they offer no `offline-access`.
    The challenge is that to the first request of a client, or with `method` to one of that method: the case is skipped
    where it names no metadata. It is skipped, too, where a `second-issuer` isn't among the servers.
    """
    MetadataReader(run, method).ask(place, says)
