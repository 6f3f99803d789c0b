"""Steps that write bytes to the socket."""

from __future__ import annotations

import subprocess

from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.verdicts import FAILED, PASSED
from harness.matrix.cell_runner import run_cell

GOOD = 'lines = ["GET {read.path} HTTP/1.1", "Host: {host}", "Authorization: Bearer {token}"]'
BARE = 'lines = ["GET {read.path} HTTP/1.1", "Host: {host}"]'


def test_the_lines_go_out_as_they_stand(bench: Bench, service: SmallService) -> None:
    body = steps(
        'do = "send-raw", lines = ["GET {read.path} HTTP/1.0", "X-Odd:  \\u00e9 ", "Authorization: Bearer {token}"]'
    )
    with bench.session(service) as session:
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert "é" in [(call.headers.get("X-Odd") or "").strip() for call in service.calls]


def test_an_answer_that_is_not_expected_fails_with_a_line_that_repeats_it(bench: Bench, service: SmallService) -> None:
    """Bash, not curl: no client would write these bytes."""
    body = steps(f'do = "send-raw", {GOOD}, token.times = {{ exp = -9000 }}, expect = "accept"')
    with bench.session(service) as session:
        result = run_cell(bench.cell(body), session)
        again = subprocess.run(["bash", "-c", result.evidence["curl"]], capture_output=True, text=True, timeout=30)
    assert (result.verdict, result.actual[:3]) == (FAILED, "401")
    assert again.stdout.startswith("HTTP/1.1 401"), again.stderr
    assert "eyJ" not in result.evidence["curl"]


def test_each_request_of_a_pipeline_has_its_own_answer(bench: Bench) -> None:
    body = f'steps = [{{ do = "send-pipeline", requests = [{{ {GOOD} }}, {{ {BARE}, expect = "reject" }}] }}]\n'
    assert bench.judge(honest, body).verdict == PASSED


def test_a_pipeline_that_rides_on_its_first_request_fails(bench: Bench) -> None:
    trusted: list[str] = []

    def remembers(call: Call) -> Answer:
        if call.token:
            trusted.append(call.token)
        return Answer(200) if trusted and call.headers.get("Accept") is None else honest(call)

    body = f'steps = [{{ do = "send-pipeline", requests = [{{ {GOOD} }}, {{ {BARE}, expect = "reject" }}] }}]\n'
    assert bench.judge(remembers, body).verdict == FAILED


def test_a_half_sent_request_stays_open_until_the_case_ends(bench: Bench) -> None:
    """This service takes the end of the connection for the end of the request: it must not come before."""
    body = steps('do = "send-half", lines = ["GET /half HTTP/1.1", "Host: {host}"]', 'do = "send"')
    with SmallService(honest) as service, bench.session(service) as session:
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert [call.path for call in service.calls[:-1]].count("/half") == 0
