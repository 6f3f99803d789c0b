"""Runs one cell and judges it: pre-flight, control, the case, the canary, and what must always hold."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from harness.base.errors import HarnessError
from harness.base.mishaps import MISHAPS, sentence
from harness.base.verdicts import (
    ERROR,
    FAILED,
    HELD_UP,
    INCONCLUSIVE,
    PASSED,
    SKIPPED,
    CellResult,
    Deviation,
    Inconclusive,
    NotPossible,
)
from harness.cell.cell_run import CaseEnded, CellRun
from harness.cell.checks import Expectation
from harness.cell.outgoing import find_route
from harness.cell.session import Session
from harness.grammar.model import Cell, Step, Table
from harness.grammar.vocabulary import NEGATIVE_EXPECTATIONS
from harness.matrix.crash import crash_of
from harness.matrix.evidence import evidence, secrets_of
from harness.shown.foreign_text import foreign
from harness.steps import STEPS
from harness.targets.base import MayBeEnded

_numbers = itertools.count(1)


def run_cell(cell: Cell, session: Session, *, tidy: bool = True) -> CellResult:
    """Run a cell on a session and say what came out; never raises, whatever the service or a step does.

    The session's service is started when the scenario doesn't do that itself. Afterwards, with `tidy`, the
    session is as before: faults, added keys and background work are gone.
    """
    started = time.perf_counter()
    result = blank_result(cell, session.environment.options.target)
    try:
        run = CellRun(cell, session, next(_numbers))
        mishap = _judge(run, result)
        _clear_up(run, result, mishap, tidy=tidy)
    except MISHAPS as problem:
        result.verdict, result.reason = ERROR, sentence(problem)
    result.duration_s = round(time.perf_counter() - started, 4)
    return result


def _judge(run: CellRun, result: CellResult) -> BaseException | None:
    """Give the result its verdict; returns what kept the case from getting one."""
    try:
        with suppress(CaseEnded):
            _run_case(run)
        result.verdict = PASSED
    except Deviation as deviation:
        result.verdict, result.expected, result.actual = FAILED, deviation.expected, deviation.actual
    except Inconclusive as problem:
        result.verdict, result.reason = INCONCLUSIVE, str(problem)
    except NotPossible as problem:
        result.verdict, result.reason = SKIPPED, str(problem)
    except MISHAPS as problem:
        result.verdict, result.reason = ERROR, sentence(problem, run.doing)
        return problem
    return None


def _clear_up(run: CellRun, result: CellResult, mishap: BaseException | None, *, tidy: bool) -> None:
    """Write down what happened, and leave the session as it was."""
    held_up = run.held_up.reason(run.service_pid())
    # A step that didn't get what it needs may have waited for an answer that only the machine kept back.
    # Who was called has been called, however long that took.
    slow = held_up and not run.session.environment.attacker.hits(run.attacker_path)
    if slow and (result.verdict == FAILED or isinstance(mishap, HarnessError)):
        said = result.reason if mishap else f"Expected {result.expected}; got {result.actual}"
        result.verdict, result.reason = INCONCLUSIVE, f"{held_up}. {said}"
    if result.verdict != PASSED and (reason := _ended_by_others(run.session)):
        result.verdict, result.reason = ERROR, f"the service was ended from outside: {reason}"
    secrets = secrets_of(run)
    try:
        if result.verdict == FAILED and (crash := crash_of(run)):
            result.reason = crash
        run.finish()
        result.evidence = evidence(run, secrets, full=result.verdict not in (PASSED, SKIPPED)) | (
            {HELD_UP: held_up} if held_up else {}
        )
        if tidy:
            if run.starts_for_keys and result.verdict != PASSED:
                run.session.stop_service()  # It may have no keys, and rest for long before it fetches some.
            run.session.tidy()
    except MISHAPS as problem:
        before = f"; before, {_said(result)}" if result.verdict != PASSED else ""
        result.verdict, result.reason = ERROR, f"after the case: {sentence(problem)}{before}"
    result.expected, result.actual = secrets.cut(result.expected), secrets.cut(result.actual)
    result.reason = secrets.cut(result.reason)


def _ended_by_others(session: Session) -> str | None:
    return session.service.ended_by_others() if isinstance(session.service, MayBeEnded) else None


def _said(result: CellResult) -> str:
    return result.reason or f"expected {result.expected}; got {result.actual}"


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
        if any(STEPS[step.do].says.takes_up_keys for step in run.cell.variant.steps):
            session.environment.key_pick_up.by_unknown_kid(session)  # Before the case has changed any keys.
    if _counts_fetches(run.cell.variant.steps):
        run.fetches.mark("start")
    watched = scenario.start == "automatic" and _refuses_all_writes(run)
    if watched:
        STEPS["remember-resources"].function(run)
    try:
        for step in run.cell.variant.steps:
            run.doing = f"in the step {step.do}"
            STEPS[step.do].function(run, **step.args)
    except Inconclusive:
        _nobody_is_called(run)  # Who is called has shown that, whatever the rest needed.
        raise
    run.doing = "after the last step"
    if watched:
        STEPS["expect-same-resources"].function(run)
    _check_invariants(run)


def _refuses_all_writes(run: CellRun) -> bool:
    """Whether the case sends writes and none of them may have an effect, where effects can be counted."""
    steps = run.cell.variant.steps
    if "resource-count" not in run.profile.capabilities or any(STEPS[step.do].says.stores for step in steps):
        return False
    sent = [one for step in steps for one in STEPS[step.do].says.sends(step.args)]
    routes = [(one, find_route(one.get("request", "read"), run.profile)) for one in sent]
    # Reading may be a POST too, as in GraphQL.
    writes = [one for one, route in routes if route.method != "GET" and route.name != "read"]
    return bool(writes) and all(is_negative(run.expectation(one)) for one in writes)


def _counts_fetches(steps: Iterable[Step]) -> bool:
    return any(STEPS[step.do].says.counts or "fetches" in step.args for step in steps)


def _require_control(run: CellRun) -> None:
    """Raise `Inconclusive` unless what the case needs as its control is let in."""
    run.session.controls.require_closed()
    control = run.cell.variant.control
    for request in controlled(run.cell.variant.steps, lambda args: [run.expectation(args)]):
        run.session.controls.require_control(control, request, run.words())
        if control is not None:
            return


def controlled(steps: Iterable[Step], expectations: Callable[[Table], Iterable[Expectation]]) -> Iterator[str | Table]:
    """The requests of the steps for which a control is needed, given what may be expected of each.

    A refusal proves nothing unless the same request without the defect is let in. Nor does a comparison of answers,
    where all are refused.
    """
    for step in steps:
        says = STEPS[step.do].says
        for args in says.sends(step.args):
            if says.compares or any(is_negative(one) for one in expectations(args)):
                yield args.get("request", "read")


def is_negative(expectation: Expectation) -> bool:
    """Whether it says "not let in"."""
    if isinstance(expectation, str):
        return expectation in NEGATIVE_EXPECTATIONS
    words = {*NEGATIVE_EXPECTATIONS, "closed"}
    return all(one in words if isinstance(one, str) else not 200 <= one < 300 for one in expectation)


def _check_invariants(run: CellRun) -> None:
    """What holds around every case: the attacker was not called, and the plain token is let in afterwards."""
    _nobody_is_called(run)
    if run.keyless:  # Nobody is let in before it is started on another set.
        run.session.stop_service()
    if run.session.service is None or run.cell.scenario.preflight:
        return
    seconds = 0.0
    if run.cell.scenario.timed:
        run.session.issuer.clear_faults()
        seconds = run.profile.duration({"refresh": 1, "cooldown": 1, "seconds": 5})
    problem = run.session.controls.canary(seconds)
    if problem and _may_be_slow_to_recover(run):
        raise Inconclusive(
            "the case has shown nothing wrong, but the provider's trouble in it left the service without keys for more "
            f"than {seconds:g} s, and its profile declares no way in which it gets them anew: {problem}"
        )
    if problem:
        raise Deviation("the plain token is accepted after the case (canary)", problem)


def _nobody_is_called(run: CellRun) -> None:
    hits = run.session.environment.attacker.hits(run.attacker_path)
    if hits:
        raise Deviation("no request to an address that the token names", f"{len(hits)}: {foreign(hits[0])}")


def _may_be_slow_to_recover(run: CellRun) -> bool:
    """Whether the case meddled with the key set, and nothing says when the service fetches it again.

    Who only counts fetches meddles with nothing: what is broken then was broken by a token.
    """
    fetches_again = any(run.profile.policy.get(knob) is True for knob in ("timed_refresh", "unknown_kid_refetches"))
    said = [STEPS[step.do].says for step in run.cell.variant.steps]
    return not fetches_again and any("jwks" in one.needs and not one.counts for one in said)
