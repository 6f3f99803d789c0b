"""Steps that write bytes to the service's socket which no HTTP client would send."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.base.verdicts import Inconclusive
from harness.cell import checks
from harness.cell.cell_run import CellRun
from harness.cell.outgoing import find_route
from harness.cell.pace import TOO_MANY_REQUESTS, Pace
from harness.cell.sent import Prepared, Sent
from harness.grammar.mock_words import Token
from harness.grammar.model import Table
from harness.grammar.placeholders import fill
from harness.grammar.tables import Expect, Request
from harness.grammar.vocabulary import OWN_SOCKET
from harness.shown.foreign_text import foreign
from harness.steps.registry import itself, step
from harness.wire.exchange import ANSWER_SECONDS
from harness.wire.exchange import Request as WireRequest
from harness.wire.raw import RawConnection


class _Lines(TypedDict):
    lines: list[str]


class RawTable(_Lines, total=False):
    """One of several requests on a connection."""

    token: Token
    request: Request
    expect: Expect


@step(sends=itself, needs=(OWN_SOCKET,))
def send_raw(
    run: CellRun,
    lines: list[str],
    body: str = "",
    token: Token | None = None,
    request: Request = "read",
    expect: Expect = "accept",
) -> None:
    """Bytes on a socket of its own that no HTTP client would send: the lines, each ended by CRLF, an empty line and the
    body.
    """
    prepared, pace, waited = _prepare(run, [*lines, ""], token, request, body), _pace(run), 0.0
    while True:
        pace.turn()
        connection = _connect(run)
        try:
            connection.send(prepared.request.raw or b"")  # What became of it, the answer says.
            sent = Sent(prepared, connection.answer(prepared.request))
        finally:
            connection.close()
        if waited := pace.rest(sent.exchange, waited):
            continue
        run.remember([sent])
        return run.judge(sent, expect)


@step(sends=lambda args: args["requests"], needs=(OWN_SOCKET,))
def send_pipeline(run: CellRun, requests: list[RawTable]) -> None:
    """Several raw requests at once on one connection (RFC 9112 §9.3.2), whose answers are judged in their order; each
    table has `lines`, `expect`, `token`, `request`.
    """
    for _ in requests:
        _pace(run).turn()
    begun = [_prepare(run, [*one["lines"], ""], one.get("token"), one.get("request", "read")) for one in requests]
    connection = _connect(run)
    try:
        connection.send(b"".join(prepared.request.raw or b"" for prepared in begun))
        for one, prepared in zip(requests, begun, strict=True):
            _judge(run, connection, prepared, one.get("expect", "accept"))
    finally:
        connection.close()


@step(needs=(OWN_SOCKET,))
def send_half(run: CellRun, lines: list[str], token: Token | None = None, request: Request = "read") -> None:
    """The beginning of a request, on a connection that stays open until the case ends; nothing is judged."""
    prepared = _prepare(run, lines, token, request)
    _pace(run).turn()
    connection = _connect(run)
    run.at_end(connection.close)
    connection.send(prepared.request.raw or b"")


def _judge(run: CellRun, connection: RawConnection, prepared: Prepared, expect: checks.Expectation) -> None:
    sent = Sent(prepared, connection.answer(prepared.request))
    if sent.exchange.status == TOO_MANY_REQUESTS:
        raise Inconclusive("one of several requests at once was answered 429, and can't be sent again alone")
    run.remember([sent])
    run.judge(sent, expect)


def _pace(run: CellRun) -> Pace:
    return run.session.environment.pace(run.base_url())


def _prepare(run: CellRun, lines: list[str], token: Table | None, request: str | Table, body: str = "") -> Prepared:
    route = find_route(request, run.profile)
    prepared = run.prepare({"request": request} | ({"token": token} if token is not None else {}))
    host = urlsplit(run.base_url()).netloc
    words = {
        **run.words(),
        "token": lambda: run.profile.credential.text(prepared.token) if prepared.token else "",
        "host": lambda: host,
    }
    text = "".join(f"{line}\r\n" for line in fill(lines, words)) + fill(body, words)
    # Characters up to U+00FF stand for those bytes, so that a scenario can write any byte (RFC 9110 §5.5).
    data = text.encode("latin-1" if max(map(ord, text), default=0) < 256 else "utf-8")
    return replace(prepared, request=WireRequest(route.method, route.path, raw=data))


def _connect(run: CellRun) -> RawConnection:
    try:
        return RawConnection(run.base_url(), ANSWER_SECONDS, run.session.environment.ended)
    except OSError as error:
        raise HarnessError(f"no connection to the service at {run.base_url()}: {foreign(error)}") from error
