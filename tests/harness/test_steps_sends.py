"""Steps that send: one after another, at once, until it is right, in the background, at a steady rate."""

from __future__ import annotations

import threading

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.verdicts import ERROR, FAILED, PASSED
from harness.matrix.cell_runner import run_cell


def test_repeat_sends_one_after_another_and_counts(bench: Bench, service: SmallService) -> None:
    with bench.session(service) as session:
        body = steps('do = "send", repeat = 3, token = { claims = { number = "{i}" } }')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert [call.claims["number"] for call in service.calls if call.token and "number" in call.claims] == [
        "0",
        "1",
        "2",
    ]


def test_concurrent_sends_at_once(bench: Bench) -> None:
    """Each answer waits until all requests are there, so they can't have come one after another."""
    together = threading.Barrier(4)

    def waits(call: Call) -> Answer:
        if call.token and "together" in call.claims:
            together.wait(20)
        return honest(call)

    body = steps('do = "send", concurrent = 4, token = { claims = { together = true } }')
    assert bench.judge(waits, body).verdict == PASSED


@pytest.mark.parametrize(("unique", "tokens"), [("true", 4), ("false", 1)])
def test_concurrent_requests_have_a_token_each_when_asked(
    bench: Bench, service: SmallService, unique: str, tokens: int
) -> None:
    with bench.session(service) as session:
        token = '{ header = { kid = "many {i}" } }'
        body = steps(f'do = "send", concurrent = 4, unique_kid = {unique}, token = {token}')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    # A kid of the provider's own has no blank in it, so that none is taken for one of these.
    kids = [call.header["kid"] for call in service.calls if call.token and call.header["kid"].startswith("many ")]
    assert (len(kids), len(set(kids))) == (4, tokens)


def test_a_kept_token_is_sent_again(bench: Bench, service: SmallService) -> None:
    with bench.session(service) as session:
        body = steps('do = "send", token = { subject = "kept" }, keep = "old"', 'do = "send", resend = "old"')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    kept = [call.token for call in service.calls if call.token and call.claims["sub"] == "kept"]
    assert (len(kept), len(set(kept))) == (2, 1)


GOOD = 'do = "send", token = { subject = "good" }, keep = "good"'
FORGED = 'do = "send", token = { subject = "forged" }, keep = "forged", expect = "observe"'
PARTS = 'header = "good", payload = "forged", signature = "good"'


@pytest.mark.parametrize("swap", [False, True])
def test_a_token_is_made_of_the_parts_of_kept_ones(bench: Bench, service: SmallService, swap: bool) -> None:
    """The signature as it was, or with each letter in the other case."""
    parts = PARTS + (", swap_case = true" if swap else "")
    with bench.session(service) as session:
        body = steps(GOOD, FORGED, f'do = "send", resend = {{ {parts} }}, expect = "observe"')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    good, forged, made = [call.token.split(".") for call in service.calls if call.token][-4:-1]
    assert made == [good[0], forged[1], good[2].swapcase() if swap else good[2]]


@pytest.mark.parametrize(("remembers", "verdict"), [(False, PASSED), (True, FAILED)])
def test_a_service_that_knows_a_token_by_its_signature_is_found_out(
    bench: Bench, remembers: bool, verdict: str
) -> None:
    known: set[str] = set()

    def behave(call: Call) -> Answer:
        answer = honest(call)
        if not call.token:
            return answer
        signature = call.token.rpartition(".")[2]
        if call.claims["sub"] == "forged" and signature not in known:
            return Answer(401)
        if remembers:
            known.add(signature)
        return answer

    body = steps(GOOD, FORGED, f'do = "send", resend = {{ {PARTS} }}, expect = "reject"')
    assert bench.judge(behave, body).verdict == verdict


def test_send_until_goes_on_until_the_answer_is_right(bench: Bench) -> None:
    refused: list[int] = []

    def slow(call: Call) -> Answer:
        if call.token and "late" in call.claims and len(refused) < 3:
            refused.append(1)
            return Answer(401)
        return honest(call)

    body = steps('do = "send-until", token = { claims = { late = 1 } }, expect = "accept", within = { seconds = 20 }')
    assert bench.judge(slow, body).verdict == PASSED
    assert len(refused) == 3


def test_send_until_fails_with_the_last_answer_at_its_deadline(bench: Bench) -> None:
    body = steps('do = "send-until", expect = [418], within = { refresh = 0.1 }')
    result = bench.judge(honest, body)
    assert (result.verdict, result.expected) == (FAILED, "status 418, within 0.1 s")
    assert result.actual == "200 OK {}"


def test_answer_within_is_a_deadline_of_its_own(bench: Bench) -> None:
    def late(call: Call) -> Answer:
        if call.token and "late" in call.claims:
            threading.Event().wait(0.6)
        return honest(call)

    body = steps('do = "send", token = { claims = { late = 1 } }, answer_within = { seconds = 0.2 }')
    result = bench.judge(late, body)
    assert (result.verdict, result.actual) == (FAILED, "no answer within 0.2 s")


HELD = 'do = "send-in-background", name = "held", token = { claims = { hold = 1 } }'


@pytest.mark.parametrize(("expect", "verdict"), [('"accept"', PASSED), ("[418]", FAILED)])
def test_a_background_request_is_judged_when_it_is_joined(bench: Bench, expect: str, verdict: str) -> None:
    """The service holds it until the next request has come, so the cell must have gone on meanwhile."""
    came = threading.Event()

    def holds(call: Call) -> Answer:
        if call.token and "hold" in call.claims:
            assert came.wait(20)
        elif call.token and "free" in call.claims:
            came.set()
        return honest(call)

    body = steps(
        HELD + f", expect = {expect}", 'do = "send", token = { claims = { free = 1 } }', 'do = "join", name = "held"'
    )
    assert bench.judge(holds, body).verdict == verdict


@pytest.mark.parametrize(("refused", "verdict"), [(False, PASSED), (True, FAILED)])
def test_every_answer_to_traffic_is_judged(bench: Bench, refused: bool, verdict: str) -> None:
    """One refusal among many is a failure."""
    numbers: list[int] = []
    enough = threading.Event()

    def behave(call: Call) -> Answer:
        if call.token and "traffic" in call.claims:
            numbers.append(1)
            if len(numbers) >= 6:
                enough.set()
            return Answer(401) if refused and len(numbers) == 3 else honest(call)
        if call.token and "wait" in call.claims:
            assert enough.wait(20)
        return honest(call)

    body = steps(
        'do = "start-traffic", name = "t", rate = 100, token = { claims = { traffic = 1 } }, expect = "accept"',
        'do = "send", token = { claims = { wait = 1 } }',
        'do = "stop-traffic", name = "t", at_least = 5',
    )
    assert bench.judge(behave, body).verdict == verdict


def test_too_little_traffic_is_the_harnesss_error(bench: Bench) -> None:
    body = steps('do = "start-traffic", name = "t", rate = 0.01', 'do = "stop-traffic", name = "t", at_least = 5')
    result = bench.judge(honest, body)
    assert (result.verdict, result.reason) == (ERROR, "HarnessError: traffic 't' made 0 requests, not 5")


def test_traffic_may_be_stopped_before_its_first_request(bench: Bench) -> None:
    """When the scenario says so, there is nothing to judge."""
    body = steps('do = "start-traffic", name = "t", rate = 0.01', 'do = "stop-traffic", name = "t", at_least = 0')
    assert bench.judge(honest, body).verdict == PASSED


def test_the_case_ends_its_background_work_when_it_fails_early(bench: Bench) -> None:
    """No thread is left behind, and the next cell is not disturbed."""
    body = steps(
        'do = "start-traffic", name = "t", rate = 50',
        'do = "send", expect = [418]',
        'do = "stop-traffic", name = "t"',
    )
    assert bench.judge(honest, body).verdict == FAILED
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("traffic-")] == []
