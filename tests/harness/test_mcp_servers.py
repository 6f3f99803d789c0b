"""An MCP server is judged by a profile of a few lines: over JSON and streams, with sessions and without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from scenario_files import load_scenario
from small_service import Answer, Call, SmallService

from harness.base.errors import ScenarioFileError
from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED, SKIPPED, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Cell
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.scenario.loader import load_all
from harness.scenario.plan import plan
from harness.targets.base import Target
from harness.targets.reference import ReferenceTarget
from harness.targets.url import UrlTarget
from harness.wire.json_rpc import messages

URL = "https://notes.example/mcp"
LINES = f"""protocol = "mcp"
[mcp]
url = "{URL}"
scopes = ["notes:read"]
"""
TOOL = """[mcp.tools.write]
tool = "add_note"
scope = "notes:write"
arguments = { text = "probe" }
"""
METADATA = "/.well-known/oauth-protected-resource/mcp"


def profile(folder: Path, text: str = LINES) -> Profile:
    return load_profile(folder / "notes.toml", text=text)


def test_a_few_lines_are_a_profile(tmp_path: Path) -> None:
    """The address is the audience, the scopes stand in one text, and each request has the headers of its revision."""
    found = profile(tmp_path, LINES + TOOL)
    read, write = found.routes["read"], found.routes["write"]
    assert (found.audience, found.documents) == (URL, ("mcp", "mcp-2025-11-25"))
    assert (read.method, read.path, read.permission, read.rpc) == ("POST", "/mcp", "notes:read", True)
    assert dict(read.headers) == {"Accept": "application/json, text/event-stream"}
    assert json.loads(read.body or "")["method"] == "initialize"
    assert write.permission == "notes:read notes:write"
    assert dict(write.headers)["MCP-Protocol-Version"] == "2025-11-25"
    assert json.loads(write.body or "")["params"] == {"name": "add_note", "arguments": {"text": "probe"}}
    assert found.permissions_place.form == "string"
    assert found.policy["token_in_query"] is False


def test_the_revision_decides_what_is_sent(tmp_path: Path) -> None:
    """From 2026-07-28 on there is no `initialize`, and headers say what a request is."""
    found = profile(tmp_path, LINES + 'revisions = ["2026-07-28"]\n' + TOOL)
    read = found.routes["read"]
    sent = json.loads(read.body or "")
    assert sent["method"] == dict(read.headers)["Mcp-Method"] == "tools/list"
    assert sent["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
    assert dict(found.routes["write"].headers)["Mcp-Name"] == "add_note"
    assert "Mcp-Session-Id" not in dict(read.headers)


def test_without_scopes_any_token_will_do(tmp_path: Path) -> None:
    found = profile(tmp_path, f'protocol = "mcp"\nmcp = {{ url = "{URL}" }}\n')
    assert (found.permissions_place.form, found.routes["read"].permission) == ("none", "")


def test_what_a_profile_says_itself_goes_before(tmp_path: Path) -> None:
    """Lists are its own, tables are laid over the usual ones."""
    text = (
        'audience = "notes"\ncapabilities = ["jwks"]\n'
        + LINES
        + '[lacks]\ngrpc = "HTTP only"\n[policy]\nexp_required = true\n'
    )
    found = profile(tmp_path, text)
    assert (found.audience, found.capabilities) == ("notes", {"jwks"})
    assert (found.lacks["grpc"], found.policy["exp_required"]) == ("HTTP only", True)
    assert found.policy["audience_required"] is True


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('protocol = "mpc"\n', "'mpc' is no protocol; did you mean 'mcp'?"),
        ('protocol = "mcp"\n', "mcp needs url"),
        ('[mcp]\nurl = "http://127.0.0.1:8000/mcp"\n', 'is for a profile with protocol = "mcp"'),
        ('protocol = "mcp"\nmcp = { url = "127.0.0.1:8000/mcp" }\n', "url must be an http or https URL with a host"),
        ('protocol = "mcp"\nmcp = { url = "http://h/mcp#a" }\n', "url must be an http or https URL with a host"),
        (LINES + 'revisions = ["2024-11-05"]\n', "revisions must be a list of revisions"),
        (LINES + "sesions = true\n", "mcp has no key 'sesions'"),
        (LINES + '[mcp.tools.write]\nscope = "w"\n', "tool write needs tool"),
        ("lacks = 7\n" + LINES, "lacks must be a table"),
        ("routes = 7\n" + LINES, "routes must be a table"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    """With what would be right."""
    with pytest.raises(ScenarioFileError) as caught:
        profile(tmp_path, text)
    assert sentence in caught.value.sentence


@pytest.mark.parametrize("revision", ["2025-06-18", "2025-11-25", "2026-07-28"])
def test_the_revision_decides_which_scenarios_bind(tmp_path: Path, revision: str) -> None:
    """Sentences of other revisions are not among the requirements."""
    planned = plan(load_all(), profile(tmp_path, LINES + f'revisions = ["{revision}"]\n' + TOOL), "url")
    run = {one.cell.scenario.slug: one.cell.scenario.requirement for one in planned if not one.verdict}
    assert ("mcp-challenge-metadata" in run) == (revision == "2025-06-18")
    assert ("mcp-origin-403" in run) == (revision != "2025-06-18")
    assert ("mcp-session-ids" in run) == (revision != "2026-07-28")
    assert ("mcp-metadata-offline-access" in run) == (revision == "2026-07-28")
    assert "mcp-aud-another" in run
    assert revision in run["mcp-metadata-served"]


def test_tokens_are_those_of_the_style_mcp_unless_another_is_asked_for(tmp_path: Path) -> None:
    found = profile(tmp_path)
    assert {one.cell.style for one in plan(load_all(), found, "url")} == {"mcp"}
    assert {one.cell.style for one in plan(load_all(), found, "url", ("okta",))} == {"okta"}


@contextmanager
def session_on(target: Target, loaded: Profile, idp: IdpClient, attacker: AttackerListener) -> Iterator[Session]:
    session = Session(Environment(Options(target=target.name), loaded, target, idp, attacker), "mcp", {})
    try:
        session.start_service()
        yield session
    finally:
        session.close()
        target.close()


@pytest.mark.parametrize("revision", ["2025-06-18", "2025-11-25", "2026-07-28"])
def test_the_reference_keeps_what_each_revision_asks(
    tmp_path: Path, idp_client: IdpClient, attacker: AttackerListener, revision: str
) -> None:
    """All scenarios that bind a server of that revision are run on one that does everything right."""
    flags = {
        "mcp_audience_slash_ignored": "false",
        "mcp_audience_case_ignored": "false",
        "mcp_foreign_host_refused": "true",
    }
    policy = "[policy]\n" + "".join(f"{name} = {value}\n" for name, value in flags.items())
    loaded = profile(tmp_path, LINES + f'revisions = ["{revision}"]\n' + TOOL + policy)
    target = ReferenceTarget(service="mcp")
    planned = [one for one in plan(load_all(), loaded, target.name) if one.cell.scenario.id.startswith("mcp/")]
    with session_on(target, loaded, idp_client, attacker) as session:
        results = [run_cell(one.cell, session) for one in planned if not one.verdict]
    assert {(one.id, one.verdict, one.reason) for one in results if one.verdict != PASSED} == set()
    assert len(results) > 40


def answering(body: str, content_type: str = "application/json", status: int = 200, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, body, (("Content-Type", content_type), *named))


def with_sessions(call: Call) -> Answer:
    """A server whose every answer is a stream, and which wants a session for all but the first message."""
    if not call.token:
        return answering("{}", status=401, WWW_Authenticate="Bearer")
    if "notes:read" not in call.claims.get("scope", "").split():
        return answering("{}", status=403)
    message = json.loads(call.body)
    if message["method"] == "initialize":
        return streamed({"result": {}}, Mcp_Session_Id=f"session of {call.claims['sub']}")
    if call.headers["Mcp-Session-Id"] != f"session of {call.claims['sub']}":
        return answering('{"jsonrpc":"2.0","error":{"code":-32600,"message":"Missing session ID"}}', status=400)
    return streamed({"result": {"tools": []}})


def streamed(message: dict[str, object], **headers: str) -> Answer:
    text = json.dumps({"jsonrpc": "2.0", "id": 1, **message})
    return answering(f": hello\nid: 1\ndata:\n\nevent: message\ndata: {text}\n\n", "text/event-stream", **headers)


Judge = Callable[..., CellResult]


@pytest.fixture
def judged(tmp_path: Path, idp_client: IdpClient, attacker: AttackerListener) -> Judge:
    """Runs a scenario of these lines against a small service that behaves so."""

    def judge(behaviour: Callable[[Call], Answer], body: str, text: str = LINES) -> CellResult:
        loaded = replace(profile(tmp_path, text), capabilities=frozenset({"jwks"}))
        scenario = load_scenario(tmp_path, body)
        with SmallService(behaviour) as service, session_on(UrlTarget(service.url), loaded, idp_client, attacker) as on:
            return run_cell(Cell(scenario, scenario.variants[0], "mcp"), on)

    return judge


def test_a_server_with_sessions_gets_one(judged: Judge) -> None:
    """The plain token opens it; whoever needs no token for a control has it all the same."""
    assert judged(with_sessions, 'request = "list"\nexpect = "accept"\n').verdict == PASSED
    assert judged(with_sessions, 'request = "list"\ntoken.permissions = []\nexpect = "deny"\n').verdict == PASSED


def test_an_error_in_the_answer_lets_nobody_in(judged: Judge) -> None:
    """Whatever its status: as a message or in a stream, and as the result of a tool."""
    for message in ({"error": {"code": -32601, "message": "no"}}, {"result": {"isError": True, "content": []}}):

        def says(call: Call, message: dict[str, object] = message) -> Answer:
            return answering("{}", status=401) if not call.token else streamed(message)

        result = judged(says, 'expect = "reject"\n')
        assert (result.verdict, "the plain token must be accepted" in result.reason) == (INCONCLUSIVE, True)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('event: message\r\ndata: {"id":1,\r\ndata: "error":{}}\r\n\r\n', 1),
        ('data:{"id":1,"error":{"message":"a\u2028b"}}\n\n: comment\n\ndata: {"id":2}\n', 2),
        ("data: no JSON\n\n", 0),
    ],
)
def test_a_stream_is_read_event_by_event(body: str, count: int) -> None:
    """Lines end as HTML has it, several of data are one text, and the last event needs no end."""
    assert len(messages(body.encode(), "text/event-stream; charset=utf-8")) == count


def refusing_in_200(call: Call) -> Answer:
    if not call.token or "notes:read" not in call.claims.get("scope", ""):
        return answering('{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}')
    return answering('{"jsonrpc":"2.0","id":1,"result":{}}')


def test_an_error_in_a_200_keeps_out_and_is_no_status(judged: Judge) -> None:
    """A caller is kept out by it, and told so in the wrong way."""
    denied = "token.permissions = []\n"
    assert judged(refusing_in_200, denied + 'expect = "no-grant"\n').verdict == PASSED
    assert judged(refusing_in_200, denied + 'expect = "forbidden"\n').verdict == FAILED


def steps(*lines: str) -> str:
    return "steps = [\n" + "".join(f"  {{ {line} }},\n" for line in lines) + "]\n"


OPEN = 'do = "open-session", name = "one"'
OTHER = 'do = "open-session", name = "other", token.subject = "somebody-else"'
UNLIKE = 'do = "expect-unlike-sessions", first = "one", second = "other"'


def test_ids_of_sessions_are_compared(judged: Judge) -> None:
    """Those of this server differ in the name, and would differ in nothing for one caller."""
    assert judged(with_sessions, steps(OPEN, OTHER, UNLIKE)).verdict == PASSED
    result = judged(with_sessions, steps(OPEN, OPEN.replace("one", "other"), UNLIKE))
    assert (result.verdict, result.expected) == (FAILED, "ids that differ in 4 characters at least")


def test_a_request_in_a_session_has_its_id(judged: Judge) -> None:
    """That of the step, in place of the one of the plain token."""
    send = 'do = "send-in-session", session = "one", request = "list", expect = "accept"'
    assert judged(with_sessions, steps(OPEN, send)).verdict == PASSED
    result = judged(with_sessions, steps(OTHER.replace('"other"', '"one"'), send))
    assert (result.verdict, "400" in result.actual) == (FAILED, True)


def test_a_server_without_sessions_has_no_such_cases(judged: Judge) -> None:
    """Which is seen at its answer."""
    result = judged(refusing_in_200, steps(OPEN))
    assert (result.verdict, result.reason) == (
        SKIPPED,
        "the server is without sessions: its answer has no Mcp-Session-Id",
    )


def serving(
    document: str, url: str = f"https://notes.example{METADATA}", at: str = METADATA
) -> Callable[[Call], Answer]:
    """A server with this document, and a challenge that names that URL."""

    def behaviour(call: Call) -> Answer:
        if call.method == "GET":
            return answering(document if call.path == at else "{}", status=200 if call.path == at else 404)
        if not call.token:
            return answering("{}", status=401, WWW_Authenticate=f'Bearer scope="a", resource_metadata="{url}"')
        return answering('{"jsonrpc":"2.0","id":1,"result":{}}')

    return behaviour


def asks(says: str, place: str = "any") -> str:
    return steps(f'do = "expect-resource-metadata", place = "{place}", says = "{says}"')


@pytest.mark.parametrize(
    ("says", "document", "verdict"),
    [
        ("served", "{}", PASSED),
        ("served", "[]", FAILED),
        ("resource", f'{{"resource": "{URL}"}}', PASSED),
        ("resource", f'{{"resource": "{URL}/"}}', FAILED),
        ("resource", '{"resource": null}', FAILED),
        ("servers", '{"authorization_servers": ["https://as.example"]}', PASSED),
        ("servers", '{"authorization_servers": "https://as.example"}', FAILED),
        ("servers", "{}", FAILED),
        ("issuer", '{"authorization_servers": ["https://as.example"]}', FAILED),
        ("offline-access", '{"scopes_supported": ["offline_access"]}', FAILED),
        ("offline-access", '{"scopes_supported": ["a"]}', PASSED),
        ("media-type", "{}", PASSED),
    ],
)
def test_what_the_metadata_say(judged: Judge, says: str, document: str, verdict: str) -> None:
    """Whatever is there is taken for what it is."""
    assert judged(serving(document), asks(says)).verdict == verdict


@pytest.mark.parametrize(
    ("url", "at", "place", "verdict"),
    [
        (METADATA, METADATA, "challenge", FAILED),
        ("https://elsewhere.example/metadata", METADATA, "challenge", INCONCLUSIVE),
        ("https://notes.example/metadata", "/metadata", "challenge", PASSED),
        ("https://notes.example/metadata", "/metadata", "well-known", FAILED),
        ("https://notes.example/metadata", METADATA, "challenge", FAILED),
        ("", "/.well-known/oauth-protected-resource", "any", PASSED),
    ],
)
def test_where_the_metadata_are(judged: Judge, url: str, at: str, place: str, verdict: str) -> None:
    """Nobody is asked but the service that is judged."""
    assert judged(serving("{}", url, at), asks("served", place)).verdict == verdict


@pytest.mark.parametrize(
    ("status", "url", "verdict"),
    [
        (401, f"https://notes.example{METADATA}", PASSED),
        (401, "https://notes.example/.well-known/oauth-protected-resource", FAILED),
        (401, "", SKIPPED),
        (405, "", SKIPPED),
    ],
)
def test_the_challenge_to_another_method(judged: Judge, status: int, url: str, verdict: str) -> None:
    """Only what it names is looked at, whatever the challenge to a message says."""
    usual = serving(f'{{"resource": "{URL}"}}')

    def behaviour(call: Call) -> Answer:
        if call.method == "GET" and call.path == "/mcp":
            return answering(
                "{}", status=status, WWW_Authenticate=f'Bearer resource_metadata="{url}"' if url else "Bearer"
            )
        return usual(call)

    step = 'do = "expect-resource-metadata", place = "challenge", method = "GET", says = "resource"'
    assert judged(behaviour, steps(step)).verdict == verdict


def test_metadata_may_leave_an_issuer_out(judged: Judge) -> None:
    """Then there is nothing to ask of its tokens."""
    result = judged(serving('{"authorization_servers": ["https://as.example"]}'), asks("second-issuer"))
    assert (result.verdict, result.reason) == (SKIPPED, "the metadata don't name the second issuer, as they needn't")
