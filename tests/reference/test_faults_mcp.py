"""Faults of MCP servers show, and do not without the fault; a good token may do what its scope says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .issuer import ISSUER
from .mistakes import Experiment, Start
from .world import Answer, Service, World

URL = "https://notes.example/mcp"
METADATA = "/.well-known/oauth-protected-resource/mcp"
SETTINGS = {"service": "mcp", "permissions_claim": "scope", "jwt_audience": URL}
READ, WRITE = "notes:read", "notes:write"
INITIALIZE = ("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}})


def message(method: str, params: Any = None, **more: Any) -> bytes:
    """A message of JSON-RPC."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}, **more}).encode()


def add_note() -> bytes:
    """A call of the tool that asks for another scope."""
    return message("tools/call", {"name": "add_note", "arguments": {"text": "probe"}})


def token(world: World, **claims: Any) -> str:
    """One for this server that may read, with these changes."""
    return world.k1.token(**{"permissions": ..., "aud": URL, "scope": READ, **claims})


def post(service: Service, sent: str | None, body: bytes = message(*INITIALIZE), **headers: str) -> Answer:
    """The answer to a message."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.ask("/mcp", sent, method="POST", body=body, headers={"Content-Type": "application/json", **named})


def challenge(answer: Answer) -> str:
    """What a refusal tells the client."""
    return answer.headers.get("WWW-Authenticate", "")


def session(service: Service, sent: str) -> dict[str, str]:
    """A session that was opened with a token, as keywords of `post`."""
    return {"Mcp_Session_Id": post(service, sent).headers["Mcp-Session-Id"]}


def posted(body: bytes = message(*INITIALIZE), *, wanted: int = 200, headers: Any = None, **claims: Any) -> Experiment:
    """The mistake is to answer a token with these changes so."""

    def experiment(world: World, start: Start) -> bool:
        return post(start(**SETTINGS), token(world, **claims), body, **(headers or {})).status == wanted

    return experiment


def anybody(body: bytes, wanted: int) -> Experiment:
    """The mistake is to answer a message without a token so."""
    return lambda world, start: post(start(**SETTINGS), None, body).status == wanted


def challenged(text: str, *, there: bool = False, scope: str | None = None, body: bytes = add_note()) -> Experiment:
    """The mistake is that a challenge lacks a text, or has it: that to nobody, or to a token with a scope."""

    def experiment(world: World, start: Start) -> bool:
        sent = None if scope is None else token(world, scope=scope)
        return (text in challenge(post(start(**SETTINGS), sent, body))) is there

    return experiment


def metadata(name: str, wrong: Any) -> Experiment:
    """The mistake is that a member of the metadata is this."""

    def experiment(world: World, start: Start) -> bool:
        found: Any = start(**SETTINGS).ask(METADATA).json[name]
        return bool(found == wrong)

    return experiment


def metadata_type(world: World, start: Start) -> bool:
    """The mistake is another media type."""
    return start(**SETTINGS).ask(METADATA).headers["Content-Type"] != "application/json"


def metadata_status(wanted: int) -> Experiment:
    """The mistake is to answer who looks for the metadata so."""
    return lambda world, start: start(**SETTINGS).status(None, METADATA) == wanted


def in_query(world: World, start: Start) -> bool:
    """The mistake is to let in a token in the query."""
    path = f"/mcp?access_token={token(world)}"
    return start(**SETTINGS).status(None, path, method="POST", body=message("ping")) == 200


def in_session(world: World, start: Start) -> bool:
    """The mistake is to let in who names a session."""
    service = start(**SETTINGS)
    return post(service, None, message("ping"), **session(service, token(world))).status == 200


def in_session_of_another(world: World, start: Start) -> bool:
    """The mistake is to let somebody use the session of somebody else."""
    service = start(**SETTINGS)
    other = token(world, sub="somebody-else")
    return post(service, other, message("ping"), **session(service, token(world))).status == 200


def session_ids(world: World, start: Start) -> bool:
    """The mistake is that they differ in their last character alone."""
    service = start(**SETTINGS)
    one, other = (session(service, token(world))["Mcp_Session_Id"] for _ in range(2))
    return one[:-1] == other[:-1]


def ended(world: World, start: Start) -> bool:
    """The mistake is that anybody ends a session."""
    service = start(**SETTINGS)
    named = session(service, token(world))["Mcp_Session_Id"]
    return service.status(None, "/mcp", method="DELETE", headers={"Mcp-Session-Id": named}) == 204


def listened(world: World, start: Start) -> bool:
    """The mistake is that anybody hears the server."""
    return start(**SETTINGS).status(None, "/mcp") == 200


def listened_expired(world: World, start: Start) -> bool:
    """The mistake is that a token which has expired opens the stream."""
    return start(**SETTINGS).status(token(world, exp=1), "/mcp") == 200


def challenged_for_listening(world: World, start: Start) -> bool:
    """The mistake is that the challenge to GET names other metadata than that to a message."""
    service = start(**SETTINGS)
    return challenge(service.ask("/mcp")) != challenge(post(service, None))


def by_the_second_issuer(world: World, start: Start) -> bool:
    """The mistake is to refuse a token of an issuer that the metadata name."""
    second = {"second_issuer": SECOND, "second_jwks_url": world.issuer.url}
    return post(start(**SETTINGS, **second), token(world, iss=SECOND)).status == 401


def preflight(world: World, start: Start) -> bool:
    """The mistake is to answer the message in a preflight."""
    answer = start(**SETTINGS).ask("/mcp", method="OPTIONS", body=message("tools/list"))
    return answer.status == 200 and "result" in answer.json


SECOND = "http://second.test"
HOST, ORIGIN = {"Host": "attacker.example"}, {"Origin": "https://attacker.example"}
EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-mcp-origin-unchecked": (posted(headers=ORIGIN), posted(headers={"Origin": "null"})),
    "m-mcp-origin-is-400": posted(headers=ORIGIN, wanted=400),
    "m-mcp-host-unchecked": posted(headers=HOST),
    "m-mcp-token-in-query": in_query,
    "m-mcp-session-authenticates": in_session,
    "m-mcp-notifications-open": anybody(b'{"jsonrpc":"2.0","method":"notifications/initialized"}', 202),
    "m-mcp-listing-open": anybody(message("tools/list"), 200),
    "m-mcp-get-open": listened,
    "m-mcp-get-expired": listened_expired,
    "m-mcp-preflight-served": preflight,
    "m-mcp-delete-open": ended,
    "m-mcp-body-first": anybody(b'{"jsonrpc":', 400),
    "m-mcp-metadata-protected": metadata_status(401),
    "m-mcp-metadata-misplaced": metadata_status(404),
    "m-mcp-challenge-bare": challenged("resource_metadata="),
    "m-mcp-challenge-relative": challenged('resource_metadata="/', there=True),
    "m-mcp-challenge-by-method": challenged_for_listening,
    "m-mcp-challenge-no-scope": challenged(f'scope="{READ}"'),
    "m-mcp-challenge-offline-access": challenged("offline_access", there=True),
    "m-mcp-bad-token-is-403": (posted(exp=1, wanted=403), posted(aud="other", wanted=403)),
    "m-mcp-refusal-in-200": (anybody(message(*INITIALIZE), 200), posted(exp=1)),
    "m-mcp-scope-is-401": (posted(scope="", wanted=401), posted(add_note(), wanted=401)),
    "m-mcp-scope-unnamed": (challenged("scope=", scope=READ), challenged("scope=", scope="")),
    "m-mcp-denial-without-metadata": challenged("resource_metadata=", scope=READ),
    "m-mcp-aud-origin": posted(aud="https://notes.example/other"),
    "m-mcp-aud-prefix": (posted(aud="https://notes.example"), posted(aud=["https://notes.example/m"])),
    "m-mcp-aud-issuer": posted(aud=ISSUER),
    "m-mcp-aud-client": (posted(aud="me", client_id="me"), posted(aud="me", azp="me")),
    "m-mcp-aud-slash": posted(aud=f"{URL}/"),
    "m-mcp-aud-case": (posted(aud="HTTPS://notes.example/mcp"), posted(aud="https://NOTES.example/mcp")),
    "m-mcp-issuer-listed-only": by_the_second_issuer,
    "m-mcp-session-unbound": in_session_of_another,
    "m-mcp-session-counted": session_ids,
    "m-mcp-tool-scope-unchecked": posted(add_note()),
    "m-mcp-tool-denied-in-200": posted(add_note()),
    "m-mcp-metadata-text": metadata_type,
    "m-mcp-metadata-of-origin": metadata("resource", "https://notes.example"),
    "m-mcp-metadata-no-servers": metadata("authorization_servers", []),
    "m-mcp-metadata-issuer-slash": metadata("authorization_servers", [f"{ISSUER}/"]),
    "m-mcp-metadata-offline-access": metadata("scopes_supported", [READ, WRITE, "offline_access"]),
}


@pytest.mark.parametrize(
    ("body", "scope", "status"),
    [
        (message(*INITIALIZE), READ, 200),
        (message("tools/list"), READ, 200),
        (message("ping"), f"openid {READ}", 200),
        (b'{"jsonrpc":"2.0","method":"notifications/initialized"}', READ, 202),
        (add_note(), READ, 403),
        (add_note(), WRITE, 403),
        (add_note(), f"{READ} {WRITE}", 200),
        (b"[]", READ, 400),
        (b"{", READ, 400),
    ],
)
def test_what_a_scope_allows(world: World, body: bytes, scope: str, status: int) -> None:
    """Any request asks for one, and a tool for its own beside it."""
    assert post(world.start(**SETTINGS), token(world, scope=scope), body).status == status


def test_a_denied_call_names_all_that_it_needs(world: World) -> None:
    """In one challenge, with where the metadata are."""
    answer = post(world.start(**SETTINGS), token(world), add_note())
    assert challenge(answer) == (
        f'Bearer error="insufficient_scope", scope="{READ} {WRITE}", resource_metadata="https://notes.example{METADATA}"'
    )


def test_the_metadata_name_both_issuers(world: World) -> None:
    """A server may have several."""
    second = {"second_issuer": SECOND, "second_jwks_url": world.issuer.url}
    document = world.start(**SETTINGS, **second).ask(METADATA).json
    assert document["authorization_servers"] == [ISSUER, SECOND]


def test_a_session_that_was_ended_is_unknown(world: World) -> None:
    """404 tells the client to begin anew (Transports, Session Management)."""
    service = world.start(**SETTINGS)
    named = session(service, token(world))
    headers = {"Mcp-Session-Id": named["Mcp_Session_Id"]}
    assert post(service, token(world), message("ping"), **named).status == 200
    assert service.status(token(world), "/mcp", method="DELETE", headers=headers) == 204
    assert post(service, token(world), message("ping"), **named).status == 404


@pytest.mark.parametrize("asked", ["2025-06-18", "2025-11-25", "2030-01-01"])
def test_the_revision_is_negotiated(world: World, asked: str) -> None:
    """One that isn't known gets the newest with `initialize`."""
    answer = post(world.start(**SETTINGS), token(world), message("initialize", {"protocolVersion": asked}))
    assert answer.json["result"]["protocolVersion"] == (asked if asked < "2026" else "2025-11-25")
