"""A cell that comes to a limit says so, and does not take it for a broken requirement."""

from __future__ import annotations

import threading

import pytest
from cell_bench import Bench
from small_service import Answer, Call, honest
from watching import steps

from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE
from harness.wire.answer_reader import MAX_BODY, MAX_FIELDS


@pytest.mark.parametrize("expect", ["accept", "reject", "refuse", "observe"])
def test_a_cell_whose_answer_is_beyond_a_limit_is_an_error(bench: Bench, expect: str) -> None:
    """And neither passed nor failed: nobody knows what the service meant."""

    def behave(call: Call) -> Answer:
        large = call.token and "large" in call.claims
        return Answer(200, "x" * (MAX_BODY + 1)) if large else honest(call)

    result = bench.judge(behave, f'token.claims = {{ large = 1 }}\nexpect = "{expect}"\n')
    assert result.verdict == ERROR
    assert result.reason == (
        "HarnessError: GET '/v1/things': the answer 200 has a body of more than 4 MiB, the most that is read"
    )
    assert result.evidence["exchanges"][-1]["answer"] == (
        "the answer 200 has a body of more than 4 MiB, the most that is read"
    )


@pytest.mark.parametrize("step", ["send-raw", "send-until"])
def test_each_step_that_sends_knows_limits(bench: Bench, step: str) -> None:
    def behave(call: Call) -> Answer:
        return honest(call) if "X-Large" not in call.headers else Answer(200, headers=(("X-A", "x"),) * MAX_FIELDS)

    lines = '"GET {read.path} HTTP/1.1", "Host: {host}", "X-Large: 1"'
    more = (
        f"lines = [{lines}]" if step == "send-raw" else 'request = { headers = { X-Large = "1" } }, within.seconds = 9'
    )
    result = bench.judge(behave, steps(f'do = "{step}", {more}'))
    assert (result.verdict, "more than 256 headers, the most that are read" in result.reason) == (ERROR, True)


def test_a_control_beyond_a_limit_proves_nothing_and_says_so(bench: Bench) -> None:
    def behave(call: Call) -> Answer:
        return Answer(401, "x" * (MAX_BODY + 1)) if not call.token else honest(call)

    result = bench.judge(behave, 'token.times = { exp = -3600 }\nexpect = "reject"\n')
    assert result.verdict == INCONCLUSIVE
    assert "the answer 401 has a body of more than 4 MiB, the most that is read" in result.reason


def test_repetitions_end_with_the_first_that_is_late(bench: Bench) -> None:
    """Each of the others would wait as long."""
    asked: list[Call] = []

    def behave(call: Call) -> Answer:
        if call.token and "slow" in call.claims:
            asked.append(call)
            threading.Event().wait(0.6)
        return honest(call)

    step = 'do = "send", token.claims = { slow = 1 }, repeat = 50, answer_within = { seconds = 0.2 }'
    result = bench.judge(behave, "timed = true\n" + steps(step))
    assert (result.verdict, result.actual, len(asked)) == (FAILED, "no answer within 0.2 s", 1)
