"""Steps that look at answers: alike or not, how fast, and what a scenario's `answer` asks of them."""

from __future__ import annotations

import threading

import pytest
from cell_bench import Bench
from small_service import Answer, Call, honest
from watching import steps

from harness.base.verdicts import FAILED, PASSED

EXPIRED = "token.times = { exp = -9000 }"
TWO_REASONS = steps(
    f'do = "send", {EXPIRED}, expect = "reject", remember = "expired"',
    'do = "send", request.anonymous = true, expect = "reject", remember = "nobody"',
    'do = "expect-alike", answers = ["expired", "nobody"]',
)


def test_answers_that_tell_their_reasons_apart_fail(bench: Bench) -> None:
    result = bench.judge(honest, TWO_REASONS)
    assert (result.verdict, result.expected) == (FAILED, "the same answer to expired and nobody")
    assert "body" in result.actual


def test_answers_that_differ_only_in_times_and_ids_are_alike(bench: Bench) -> None:
    number = iter(range(100))

    def says_when(call: Call) -> Answer:
        answer = honest(call)
        if answer.status != 401:
            return answer
        count = next(number)
        body = (
            f'{{"error":"no","at":"2026-01-01T00:00:{count:02}Z","id":"00000000-0000-4000-8000-0000000000{count:02}"}}'
        )
        return Answer(401, body, (("X-Request-Id", str(count)),))

    assert bench.judge(says_when, TWO_REASONS).verdict == PASSED


def test_a_header_that_tells_the_reason_fails(bench: Bench) -> None:
    def tells(call: Call) -> Answer:
        answer = honest(call)
        return (
            Answer(401, "{}", (("X-Reason", "expired" if call.token else "none"),)) if answer.status == 401 else answer
        )

    assert "header x-reason" in bench.judge(tells, TWO_REASONS).actual


@pytest.mark.parametrize(("wish", "verdict"), [("true", PASSED), ("false", FAILED)])
def test_a_scenario_asks_for_a_header(bench: Bench, wish: str, verdict: str) -> None:
    def challenges(call: Call) -> Answer:
        answer = honest(call)
        return Answer(answer.status, answer.body, (("WWW-Authenticate", "Bearer"),)) if answer.status == 401 else answer

    body = f'request.anonymous = true\nexpect = "reject"\nanswer.headers.WWW-Authenticate = {wish}\n'
    assert bench.judge(challenges, body).verdict == verdict


def test_an_answer_that_is_always_slow_fails(bench: Bench) -> None:
    """The wait is what is judged: nothing ends it early."""

    def slow(call: Call) -> Answer:
        if call.token and "slow" in call.claims:
            threading.Event().wait(2.1)
        return honest(call)

    result = bench.judge(slow, 'token.claims.slow = true\nexpect = "accept"\n')
    assert (result.verdict, result.expected) == (FAILED, "an answer within 2 s")


def test_an_answer_that_was_slow_once_passes(bench: Bench) -> None:
    waited: list[int] = []

    def slow_once(call: Call) -> Answer:
        if call.token and "slow" in call.claims and not waited:
            waited.append(1)
            threading.Event().wait(2.1)
        return honest(call)

    assert bench.judge(slow_once, 'token.claims.slow = true\nexpect = "accept"\n').verdict == PASSED


def test_a_guess_whose_time_tells_how_good_it_is_fails(bench: Bench) -> None:
    def works_longer(call: Call) -> Answer:
        if call.headers.get("X-API-Key", "").startswith("good"):
            threading.Event().wait(0.003)
        return honest(call)

    body = steps(
        'do = "compare-times", samples = 40, first.request = { anonymous = true, headers = { X-API-Key = "bad" } }, '
        'second.request = { anonymous = true, headers = { X-API-Key = "good" } }'
    )
    result = bench.judge(works_longer, body)
    assert (result.verdict, "the second takes longer" in result.actual) == (FAILED, True)


def test_guesses_that_take_the_same_time_pass(bench: Bench) -> None:
    body = steps(
        'do = "compare-times", samples = 40, first.request = { anonymous = true, headers = { X-API-Key = "bad" } }, '
        'second.request = { anonymous = true, headers = { X-API-Key = "bed" } }'
    )
    assert bench.judge(honest, body).verdict == PASSED
