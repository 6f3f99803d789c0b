"""Runs one cell and judges it: pre-flight, control, the case, the canary, and what must always hold."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from harness.cell_run import CaseEnded, CellRun, Sent
from harness.credentials import without_secrets
from harness.errors import HarnessError
from harness.model import Cell, Step
from harness.outgoing import find_route
from harness.session import Session
from harness.steps import step_function
from harness.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED, CellResult, Deviation, Inconclusive
from harness.vocabulary import NEGATIVE_EXPECTATIONS

_numbers = itertools.count(1)
_LONGEST_COMMAND = 4000
_TOO_LONG = "# too long to be shown: see the script, or the token_spec in the record"
_COUNTS = ("expect-fetches", "wait-for-fetch", "expect-requests")
_SENDS = ("send", "send-until", "send-in-background", "send-raw")


def run_cell(cell: Cell, session: Session, *, tidy: bool = True) -> CellResult:
    """Run a cell on a session and say what came out; never raises for what the service does.

    The session's service is started when the scenario doesn't do that itself. Afterwards, with `tidy`, the
    session is as before: faults, added keys and background work are gone.
    """
    started = time.perf_counter()
    run = CellRun(cell, session, next(_numbers))
    result = blank_result(cell, session.environment.options.target)
    try:
        with suppress(CaseEnded):
            _run_case(run)
        result.verdict = PASSED
    except Deviation as deviation:
        result.verdict, result.expected, result.actual = FAILED, deviation.expected, deviation.actual
    except Inconclusive as problem:
        result.verdict, result.reason = INCONCLUSIVE, str(problem)
    except HarnessError as problem:
        result.verdict, result.reason = ERROR, f"{type(problem).__name__}: {problem}"
    held_up = run.held_up.reason(run.service_pid())
    if held_up and result.verdict == FAILED:
        result.verdict = INCONCLUSIVE
        result.reason = f"{held_up}. Expected {result.expected}; got {result.actual}"
    try:
        run.finish()
        result.evidence = evidence(run, full=result.verdict != PASSED)
        if held_up:
            result.evidence["held_up"] = held_up
        if tidy:
            session.tidy()
    except HarnessError as problem:
        result.verdict, result.reason = ERROR, f"after the case: {problem}"
    result.duration_s = round(time.perf_counter() - started, 4)
    return result


def was_held_up(result: CellResult) -> bool:
    """Whether a cell proves nothing because the machine gave it no processor; it may be run again."""
    return result.verdict == INCONCLUSIVE and "held_up" in result.evidence


def blank_result(cell: Cell, target: str) -> CellResult:
    """The record of a cell before anything is known but what it is."""
    scenario = cell.scenario
    return CellResult(
        id=cell.id,
        scenario=scenario.id,
        title=scenario.title,
        variant=cell.variant.name,
        style=cell.style,
        target=target,
        config=dict(cell.variant.config),
        verdict=ERROR,
        level=scenario.level,
        severity=scenario.severity,
        requirement=scenario.requirement,
    )


def _run_case(run: CellRun) -> None:
    scenario, session = run.cell.scenario, run.session
    if scenario.start == "automatic":
        if session.service is None:
            session.start_service()
        session.controls.preflight()
        if not scenario.preflight:
            _require_control(run)
    if _counts_fetches(run.cell.variant.steps):
        run.fetches.mark("start")
    watched = scenario.start == "automatic" and _refuses_all_writes(run)
    if watched:
        step_function("remember-resources")(run)
    for step in run.cell.variant.steps:
        step_function(step.do)(run, **step.args)
    if watched:
        step_function("expect-same-resources")(run)
    _check_invariants(run)


def _refuses_all_writes(run: CellRun) -> bool:
    """Whether the case sends writes and none of them may have an effect, where effects can be counted."""
    if "resource-count" not in run.profile.capabilities:
        return False
    writes = [
        step
        for step in run.cell.variant.steps
        if step.do in _SENDS and find_route(step.args.get("request", "read"), run.profile).method != "GET"
    ]
    others = {step.do for step in run.cell.variant.steps} & {"create-resource", "send-to-routes", "start-traffic"}
    return bool(writes) and not others and all(_is_negative(run, step) for step in writes)


def _counts_fetches(steps: Iterable[Step]) -> bool:
    return any(step.do in _COUNTS or "fetches" in step.args for step in steps)


def _require_control(run: CellRun) -> None:
    """A case that expects a refusal proves nothing unless the same request without the defect is let in."""
    for step in run.cell.variant.steps:
        if step.do in _SENDS and _is_negative(run, step):
            request = step.args.get("request", "read")
            run.session.controls.require_control(run.cell.variant.control, request, run.words())
            return
    run.session.controls.require_closed()


def _is_negative(run: CellRun, step: Step) -> bool:
    expectation = run.expectation(step.args)
    if isinstance(expectation, str):
        return expectation in NEGATIVE_EXPECTATIONS
    return not any(isinstance(status, int) and 200 <= status < 300 for status in expectation)


def _check_invariants(run: CellRun) -> None:
    """What holds around every case: the attacker was not called, and the plain token is let in afterwards."""
    hits = run.session.environment.attacker.hits(run.attacker_path)
    if hits:
        raise Deviation("no request to an address that the token names", f"{len(hits)}: {hits[0]}")
    if run.session.service is None or run.cell.scenario.preflight:
        return
    seconds = 0.0
    if run.cell.scenario.timed:
        run.session.issuer.clear_faults()
        seconds = run.profile.duration({"refresh": 1, "cooldown": 1, "seconds": 5})
    problem = run.session.controls.canary(seconds)
    if problem:
        raise Deviation("the plain token is accepted after the case (canary)", problem)


def evidence(run: CellRun, *, full: bool) -> dict[str, Any]:
    """What the cell sent and got; for a cell that passed only the counts."""
    facts: dict[str, Any] = {}
    if run.counted:
        facts["fetches"] = run.counted
    if not full:
        return facts
    facts["issuer"] = run.session.issuer.issuer
    if run.sent:
        facts["exchanges"] = [_exchange(run, one) for one in run.sent]
        facts["curl"] = _curl(run, run.sent[-1])
    if run.journal.changes or facts.get("curl") == _TOO_LONG:
        facts["script"] = [_without_leaked(run, line) for line in run.journal.script(run.session.kids)]
    facts["idp_requests"] = [
        {key: entry.get(key) for key in ("at", "endpoint", "method", "path", "status", "fault")}
        for entry in run.session.issuer.requests()[-12:]
    ]
    if run.session.service is not None:
        facts["service_log"] = run.session.service.log_tail(15).splitlines()
    return facts


def _without_leaked(run: CellRun, text: str) -> str:
    for secret in run.leaked:
        text = text.replace(secret, f"{secret[:3]}…")
    return text


def _exchange(run: CellRun, one: Sent) -> dict[str, Any]:
    request, exchange = one.prepared.request, one.exchange

    def shown(value: str | bytes) -> str:
        return _without_leaked(run, without_secrets(value, one.prepared.token, run.session.api_keys().values()))

    if request.raw is not None:
        return {
            "request": shown(request.raw.decode("latin-1"))[:_LONGEST_COMMAND],
            "token_spec": one.prepared.spec if one.prepared.token else None,
            "status": exchange.status,
            "answer_headers": [[name, shown(value)] for name, value in exchange.headers],
            "answer": shown(exchange.text()) or exchange.problem,
            "at": round(exchange.at, 3),
            "seconds": round(exchange.seconds, 4),
        }
    return {
        "request": f"{request.method} {shown(request.path)}",
        "headers": [[name, shown(value)] for name, value in request.headers],
        "token_spec": one.prepared.spec if one.prepared.token else None,
        "status": exchange.status,
        "answer_headers": [[name, shown(value)] for name, value in exchange.headers],
        "answer": shown(exchange.text()) or exchange.problem,
        "at": round(exchange.at, 3),
        "seconds": round(exchange.seconds, 4),
    }


def _curl(run: CellRun, one: Sent) -> str:
    line = run.curl(one)
    return line if len(line) <= _LONGEST_COMMAND else _TOO_LONG


def dump(value: Any) -> str:
    """One line of JSON for records."""
    return json.dumps(value, ensure_ascii=False, default=str)
