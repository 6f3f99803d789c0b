"""The script of a cell does again what the cell did."""

from __future__ import annotations

import subprocess

import pytest
from cell_bench import Bench
from small_service import SmallService, honest
from watching import Watch, steps

from harness.base.verdicts import FAILED
from harness.matrix.cell_runner import run_cell
from harness.report.foreign_cell import is_own_command


@pytest.fixture
def script(bench: Bench) -> tuple[list[str], list[list[str]]]:
    """The script of a case that failed after a rotation, and what the service saw when it was run."""
    watch = Watch()
    with SmallService(watch) as service, bench.session(service) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        body = steps(
            'do = "publish-key", name = "k2"',
            'do = "send", token = { key = "k2" }, repeat = 3',
            'do = "wait", seconds = 0.01',
            'do = "send", token = { key = "k2" }, expect = "reject"',
        )
        result = run_cell(bench.cell(body), session)
        assert result.verdict == FAILED
        watch.signed_by.clear()
        watch.kids.clear()
        lines: list[str] = result.evidence["script"]
        done = subprocess.run(["bash", "-eu"], input="\n".join(lines), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    return lines, [[signer, *kids] for signer, kids in zip(watch.signed_by, watch.kids, strict=True)]


def test_the_script_makes_the_same_keys_and_sends_the_same_requests(script: tuple[list[str], list[list[str]]]) -> None:
    _, seen = script
    assert len(seen) == 4
    assert all(signer in kids and signer != kids[0] for signer, *kids in seen)


def test_repetitions_are_a_loop_and_each_answer_stands_beside_its_request(
    script: tuple[list[str], list[list[str]]],
) -> None:
    lines, _ = script
    assert [line.rpartition("# ")[2] for line in lines if "/v1/things" in line] == ["'200 OK {}'", "'200 OK {}'"]
    assert sum(line.startswith("for _ in {1..3}; do curl ") for line in lines) == 1
    assert "sleep 0.01" in lines


def test_no_token_and_no_kid_of_that_run_stands_in_it(script: tuple[list[str], list[list[str]]]) -> None:
    lines, seen = script
    text = "\n".join(lines)
    assert "eyJ" not in text
    assert '"key": "k2"' in text
    assert all(signer not in text for signer, *_ in seen)


def test_a_kept_token_and_its_parts_are_sent_again(bench: Bench) -> None:
    """The script keeps what the case kept: the same text, and one made of two."""
    with SmallService(honest) as service, bench.session(service) as session:
        body = steps(
            'do = "send", keep = "good"',
            'do = "send", token = { key = "attacker" }, keep = "forged one"',
            'do = "send", resend = "good"',
            'do = "send", resend = { header = "forged one", payload = "good", signature = "good", swap_case = true }'
            ', expect = "reject"',
        )
        result = run_cell(bench.cell(body), session)
        assert result.verdict == FAILED
        del service.calls[:]
        done = subprocess.run(
            ["bash", "-eu"], input="\n".join(result.evidence["script"]), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        good, forged, again, parts = [call.token for call in service.calls]
    assert again == good
    signed, _, signature = good.rpartition(".")
    assert parts == f"{forged.partition('.')[0]}.{signed.partition('.')[2]}.{signature.swapcase()}"
    assert "eyJ" not in "\n".join(result.evidence["script"])
    assert is_own_command(result.evidence["curl"])
