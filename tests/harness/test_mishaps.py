"""Whatever a step raises, one cell is an error with a sentence, and the service can be used by the next one."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from cell_bench import Bench
from small_service import SmallService, honest
from watching import steps

from harness.base import mishaps
from harness.base.errors import HarnessError
from harness.base.verdicts import ERROR, FAILED, PASSED
from harness.cell import cell_run, session
from harness.cell import preconditions as controls
from harness.matrix import cell_runner as runner
from harness.matrix.cell_runner import run_cell
from harness.steps import STEPS

PLAIN = 'expect = "accept"\n'
RAISED: list[BaseException] = [
    ValueError("no number"),
    KeyError("things"),
    RecursionError("too deep"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    MemoryError(),
    OverflowError("too large"),
    AssertionError(),
    TypeError("a\nb" * 1000),
    StopIteration(),
    threading.BrokenBarrierError(),
    OSError(28, "No space left on device"),
    SystemExit(2),
]


@pytest.mark.parametrize("problem", RAISED, ids=lambda one: type(one).__name__)
def test_a_step_that_raises_is_one_error_with_a_sentence(
    bench: Bench, service: SmallService, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise problem

    with bench.session(service) as session:
        with monkeypatch.context() as patch:
            patch.setitem(STEPS, "send", replace(STEPS["send"], function=breaks))
            result = run_cell(bench.cell(PLAIN), session)
        after = run_cell(bench.cell(PLAIN), session)
    assert result.verdict == ERROR
    start = f"the harness made a mistake in the step send ({type(problem).__name__}"
    assert result.reason.startswith(start)
    assert ", at harness/matrix/cell_runner.py:" in result.reason
    assert result.reason.endswith("): please report it")
    assert result.reason.isprintable()
    assert len(result.reason) < 500
    assert after.verdict == PASSED


@pytest.mark.parametrize(
    ("owner", "name", "said"),
    [
        (cell_run.CellRun, "__init__", "the harness made a mistake (KeyError: 'x'"),
        (controls.Controls, "preflight", "the harness made a mistake before the first step (KeyError: 'x'"),
        (controls.Controls, "require_closed", "the harness made a mistake before the first step (KeyError: 'x'"),
        (controls.Controls, "canary", "the harness made a mistake after the last step (KeyError: 'x'"),
        (cell_run.CellRun, "finish", "after the case: the harness made a mistake (KeyError: 'x'"),
        (runner, "evidence", "after the case: the harness made a mistake (KeyError: 'x'"),
        (session.Session, "tidy", "after the case: the harness made a mistake (KeyError: 'x'"),
    ],
    ids=lambda value: value if isinstance(value, str) and "(" not in value else "",
)
def test_what_is_around_a_case_may_break_too(
    bench: Bench, service: SmallService, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, said: str
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise KeyError("x")

    with bench.session(service) as session:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, breaks)
            result = run_cell(bench.cell(PLAIN), session)
        after = run_cell(bench.cell(PLAIN), session)
    assert (result.verdict, result.reason[: len(said)]) == (ERROR, said)
    assert after.verdict == PASSED


def test_a_deviation_is_told_also_when_tidying_breaks(
    bench: Bench, service: SmallService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise HarnessError("no room")

    with bench.session(service) as one:
        monkeypatch.setattr(session.Session, "tidy", breaks)
        result = run_cell(bench.cell("expect = [418]\n"), one)
        monkeypatch.undo()
    assert result.verdict == ERROR
    assert result.reason == "after the case: HarnessError: no room; before, expected status 418; got 200 OK {}"
    assert result.evidence["exchanges"]


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ('do = "send-in-background", name = "a"', "join"),
        ('do = "start-traffic", name = "a", rate = 500', "stop-traffic"),
    ],
)
def test_what_breaks_beside_the_steps_breaks_the_cell(
    bench: Bench, service: SmallService, monkeypatch: pytest.MonkeyPatch, begin: str, end: str
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(cell_run.CellRun, "send_all", breaks)
    with bench.session(service) as session:
        result = run_cell(bench.cell(steps(begin, 'do = "wait", seconds = 0.1', f'do = "{end}", name = "a"')), session)
    assert result.verdict == ERROR
    assert result.reason.startswith(f"the harness made a mistake in the step {end} (KeyError: 'x'")


def test_everything_at_the_end_is_done_also_when_one_part_breaks(bench: Bench, service: SmallService) -> None:
    done: list[str] = []

    def breaks() -> None:
        raise KeyError("x")

    with bench.session(service) as session:
        run = cell_run.CellRun(bench.cell(PLAIN), session, 1)
        run.at_end(lambda: done.append("first"))
        run.at_end(breaks)
        run.at_end(lambda: done.append("last"))
        with pytest.raises(KeyError):
            run.finish()
    assert done == ["last", "first"]


def test_the_text_of_a_mishap_may_itself_be_impossible() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    assert mishaps.sentence(Odd()) == "the harness made a mistake (Odd): please report it"


def test_a_failed_case_is_no_mistake(bench: Bench) -> None:
    result = bench.judge(honest, "expect = [418]\n")
    assert (result.verdict, result.reason) == (FAILED, "")
