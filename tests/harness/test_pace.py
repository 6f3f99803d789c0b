"""A limited service is asked as fast as it allows, and an answer of 429 is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.verdicts import INCONCLUSIVE, PASSED, Inconclusive
from harness.cell.pace import PATIENCE_SECONDS, Pace, PacedConnection, Paces, retry_after
from harness.wire.exchange import Connection, Exchange, Request

NOW = 1_800_000_000.0
GET = Request("GET", "/v1/things")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("7", 7),
        (" 7 ", 7),
        ("-7", 0),
        ("soon", 0),
        ("9" * 5000, 999_999_999),
        (formatdate(NOW + 30, usegmt=True), 30),
        (formatdate(NOW - 30, usegmt=True), 0),
        ("Fri, 99 Foo 2020 99:99:99 GMT", 0),
    ],
)
def test_what_retry_after_says(value: str | None, seconds: float) -> None:
    """A number of seconds or a date; anything else says nothing."""
    assert retry_after(value, NOW) == seconds


def answered(status: int, retry: str | None = None) -> Exchange:
    return Exchange(GET, status, headers=(("Retry-After", retry),) if retry else ())


def test_rests_are_as_long_as_asked_or_longer_each_time() -> None:
    waits: list[float] = []
    pace = Pace(None, waits.append)
    waited = 0.0
    for retry in (None, None, "3", None):
        waited = pace.rest(answered(429, retry), waited)
    assert waits == [0.5, 0.5, 3, 4]
    assert pace.rest(answered(200), waited) == 0


def test_what_does_not_end_is_inconclusive_and_not_waited_for_again() -> None:
    """Until something else than 429 has come."""
    waits: list[float] = []
    pace = Pace(None, waits.append)
    for retry in (f"{PATIENCE_SECONDS + 1:g}", "1"):
        with pytest.raises(Inconclusive, match="asks for fewer requests"):
            pace.rest(answered(429, retry), 0.0)
    assert waits == []
    pace.rest(answered(401), 0.0)
    pace.rest(answered(429, "1"), 0.0)
    assert waits == [1]


def test_turns_are_apart_for_all_threads() -> None:
    """Each waits for its own; without a limit nobody waits."""
    waits: list[float] = []
    pace = Pace(10, waits.append)
    threads = [threading.Thread(target=pace.turn) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waits) == 4
    assert sorted(waits)[-1] > 0.3
    Pace(None, pytest.fail).turn()


def test_each_service_has_one_pace() -> None:
    paces, pause = Paces(), time.sleep
    assert paces.of("http://a", 1, pause) is paces.of("http://a", 1, pause)
    assert paces.of("http://a", 1, pause) is not paces.of("http://b", 1, pause)


def every(number: int) -> Callable[[Call], Answer]:
    """Answers 429 to one of so many requests."""
    calls: list[Call] = []

    def behave(call: Call) -> Answer:
        calls.append(call)
        return Answer(429) if len(calls) % number == 0 else honest(call)

    return behave


def test_a_429_is_sent_again_and_nobody_sees_it() -> None:
    with (
        SmallService(every(2)) as service,
        PacedConnection(Connection(service.url), Pace(None, lambda _: None)) as connection,
    ):
        assert [connection.send(GET).status for _ in range(4)] == [401] * 4
        assert len(service.calls) == 7


RAW = 'do = "send-raw", lines = ["GET {read.path} HTTP/1.1", "Host: {host}"], expect = "reject"'


@pytest.mark.parametrize("step", ['do = "send", request = { anonymous = true }, expect = "reject"', RAW])
def test_a_case_goes_on_when_the_service_answers_again(bench: Bench, step: str) -> None:
    assert bench.judge(every(3), steps(step)).verdict == PASSED


def test_a_service_that_only_answers_429_proves_nothing(bench: Bench) -> None:
    """It isn't a refusal either."""

    def limited(_: Call) -> Answer:
        return Answer(429, headers=(("Retry-After", "3600"),))

    result = bench.judge(limited, steps('do = "send", request = { anonymous = true }, expect = "reject"'))
    assert (result.verdict, "asks for fewer requests (429)" in result.reason) == (INCONCLUSIVE, True)


@pytest.mark.parametrize(
    ("crowd", "expect"), [("repeat", '"throttled"'), ("concurrent", '"throttled"'), ("repeat", '["throttled", 404]')]
)
def test_who_sends_a_flood_takes_429_for_an_answer(bench: Bench, crowd: str, expect: str) -> None:
    calls: list[Call] = []

    def limited(call: Call) -> Answer:
        if "Authorization" in call.headers:
            return honest(call)
        calls.append(call)
        return honest(call) if len(calls) < 3 else Answer(429, headers=(("Retry-After", "3600"),))

    sent = steps(f'do = "send", request = {{ anonymous = true }}, {crowd} = 5, expect = {expect}')
    assert bench.judge(limited, sent).verdict == PASSED
    assert len(calls) == 1 + 5  # One before the case: does it want a token at all?
