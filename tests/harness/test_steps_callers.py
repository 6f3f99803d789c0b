"""The step in which callers with different permissions ask at once."""

from __future__ import annotations

import threading

import pytest
from cell_bench import Bench
from small_service import Answer, Behaviour, Call, honest
from watching import steps

from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED

MIXED = """do = "send-mixed", requests = 200, connections = 4, callers = [
  { expect = "accept" },
  { token = { permissions = [] }, expect = "deny" },
]"""


def mixing() -> Behaviour:
    """Where two callers meet, each is taken for the other; alone everybody is known."""
    lock, meeting = threading.Lock(), threading.Barrier(2)
    inside: list[Call] = []

    def behave(call: Call) -> Answer:
        if not call.token or call.claims.get("sub") is None:
            return honest(call)
        with lock:
            inside.append(call)
            number = len(inside)
        if number <= 8:  # The control and each caller alone.
            return honest(call)
        try:
            meeting.wait(0.5)
        except threading.BrokenBarrierError:
            meeting.reset()
            return honest(call)
        return honest(inside[-1])

    return behave


def busy_when_crowded() -> Behaviour:
    """Nobody but the first eight is answered."""
    lock, count = threading.Lock(), [0]

    def behave(call: Call) -> Answer:
        with lock:
            count[0] += 1
            is_crowd = count[0] > 8
        return Answer(503) if is_crowd else honest(call)

    return behave


def test_callers_who_are_told_apart_pass(bench: Bench) -> None:
    """The record says how many answers there were."""
    result = bench.judge(honest, steps(MIXED))
    assert result.verdict == PASSED
    (counted,) = [one for one in result.evidence["fetches"] if one["on"] == "callers"]
    assert counted == {"on": "callers", "answered": 200, "too_busy": 0}


def test_a_service_that_takes_one_for_another_fails(bench: Bench) -> None:
    result = bench.judge(mixing(), steps(MIXED))
    assert result.verdict == FAILED
    assert "as when this caller asks alone" in result.expected
    assert result.actual.startswith(("200", "403"))


def test_a_service_that_answers_no_crowd_is_not_judged(bench: Bench) -> None:
    result = bench.judge(busy_when_crowded(), steps(MIXED))
    assert result.verdict == INCONCLUSIVE
    assert "requests at once" in result.reason


@pytest.mark.parametrize("expect", ["accept", "reject"])
def test_a_caller_who_is_answered_otherwise_alone_proves_nothing(bench: Bench, expect: str) -> None:
    """That is what other cases are about."""
    result = bench.judge(honest, steps(MIXED.replace('"deny"', f'"{expect}"')))
    assert result.verdict == INCONCLUSIVE
    assert "the set-up failed" in result.reason
