"""What a cell leaves behind for whoever reads its verdict: what was sent and came, what was done, and how to repeat it.

Nothing in it is a secret: tokens stand there taken apart, without their signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from harness.base.errors import HarnessError
from harness.cell.cell_run import CellRun
from harness.cell.credentials import known_secrets
from harness.cell.decoded import decoded
from harness.cell.sent import Sent
from harness.shown.foreign_text import ForeignText, header_text, lines_of, one_line
from harness.shown.redaction import Secrets
from harness.shown.shell_words import comment
from harness.targets.base import CallsAnApp

_LONGEST_COMMAND = 4000
_LOG_LINES = 15
_LONGEST_CHANGE = 300
_MOST_KEYS = 20
_KEY_MEMBERS = ("name", "kid", "algorithm", "use", "state")
_TOO_LONG = comment("too long to be shown: see the script, or the token_spec in the record")


def secrets_of(run: CellRun) -> Secrets:
    """What must stand in no report of this cell."""
    return known_secrets(run.session, [one.prepared.token for one in run.sent if one.prepared.token], run.leaked)


def evidence(run: CellRun, secrets: Secrets, *, full: bool) -> dict[str, Any]:
    """What the cell sent and got, without secrets; for a cell that passed only the counts."""
    facts: dict[str, Any] = {}
    if run.counted:
        facts["fetches"] = run.counted
    if not full:
        # A reason to refuse to start is a text of the service; all else are numbers.
        return _without(secrets, facts) if any("refused" in count for count in run.counted) else facts
    facts["issuer"] = run.session.issuer.issuer
    own = not run.session.environment.real  # What a real provider says of its people is nobody's but theirs.
    if run.sent:
        facts["exchanges"] = [_exchange(one, with_token=own) for one in run.sent]
        if own:
            facts |= _good_token(run)
    facts |= _keys(run)
    if changes := run.script.steps.made():
        facts["changes"] = [{"at": round(at, 3), "what": one_line(what, _LONGEST_CHANGE)} for at, what in changes]
    facts["idp_requests"] = [
        {key: entry.get(key) for key in ("at", "endpoint", "method", "path", "status", "fault")}
        for entry in run.session.issuer.requests()[-12:]
    ]
    if run.session.service is not None:
        facts["service_log"] = lines_of(run.session.service.log_tail(_LOG_LINES), _LOG_LINES)
    elif run.last_words.as_it_came:
        facts["service_log"] = lines_of(run.last_words, _LOG_LINES)
    return _without(secrets, facts) | _commands(run, secrets)


def _without(secrets: Secrets, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: secrets.cut_data(fact) for name, fact in facts.items()}


def _good_token(run: CellRun) -> dict[str, Any]:
    """The plain token for the route of the last request, to lay beside the one that was sent; nothing without one."""
    last = run.sent[-1].prepared
    if not last.token:
        return {}
    with suppress(HarnessError):
        if good := decoded(run.session.plain_token(last.route)):
            return {"good_token": good}
    return {}


def _keys(run: CellRun) -> dict[str, Any]:
    """The keys of the issuer at the end of the case, and whether they are served."""
    with suppress(HarnessError):
        return {
            "keys": [
                {name: key.get(name) for name in _KEY_MEMBERS} for key in run.session.issuer.key_list()[:_MOST_KEYS]
            ]
        }
    return {}


def _commands(run: CellRun, secrets: Secrets) -> dict[str, Any]:
    """What does it again: the last request as `curl`, all of it as `script`. A line with a secret in it is left out."""

    def shown(line: str) -> str:
        for secret in run.leaked:
            line = line.replace(secret, f"{secret[:3]}…")
        return line if secrets.cut(line, command=True) == line else comment("left out: a credential stands in it")

    commands: dict[str, Any] = {}
    if isinstance(run.session.environment.target, CallsAnApp):
        return commands  # Nobody listens who could be sent a request.
    if run.sent:
        line = shown(run.script.curl(run.sent[-1]))
        commands["curl"] = line if len(line) <= _LONGEST_COMMAND else _TOO_LONG
    if run.script.steps.changes or commands.get("curl") == _TOO_LONG:
        commands["script"] = run.script.steps.script(run.session.kids, shown)
    return commands


def _exchange(one: Sent, *, with_token: bool) -> dict[str, Any]:
    request, exchange = one.prepared.request, one.exchange
    if request.raw is not None:
        asked: dict[str, Any] = {"request": str(ForeignText(request.raw, _LONGEST_COMMAND))}
    else:
        headers = [[name, str(header_text(value, _LONGEST_COMMAND))] for name, value in request.headers]
        asked = {"request": one_line(f"{request.method} {request.path}", _LONGEST_COMMAND), "headers": headers}
    if with_token and one.prepared.token and (token := decoded(one.prepared.token)):
        asked["token"] = token
    return asked | {
        "token_spec": one.prepared.spec if one.prepared.token else None,
        "status": exchange.status,
        "answer_headers": [[str(header_text(name)), str(header_text(value))] for name, value in exchange.headers],
        "answer": str(exchange.text()) or exchange.problem,
        "at": round(exchange.at, 3),
        "seconds": round(exchange.seconds, 4),
    }
