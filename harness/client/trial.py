"""One start of the program: with the variables of a case, until it ends or its time is over."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED, CellResult, Deviation, Inconclusive
from harness.client.case_file import Case, CaseFile
from harness.client.judgement import arrived, expected, judge
from harness.client.recorder import Call, Recorder
from harness.client.values import Values
from harness.processes.guarded_process import clean_environment
from harness.processes.run_to_end import run_to_end
from harness.processes.scratch_folder import ScratchFolder

_TAIL_LINES = 10
_MOST_SHOWN = 20
_COULD_NOT_START = 127


@dataclass(frozen=True)
class Program:
    """A command whose words may hold those of `Values`, and `{url}` and `{port}` of the first API.

    `environment` is set in every case, beside that of the file; `seconds` is how long it may run.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    seconds: float


@dataclass(frozen=True)
class _Run:
    """How a start ended: the exit status, `None` for a program that had to be ended, and its last words."""

    calls: Sequence[Call]
    status: int | None
    tail: list[str]

    def ending(self) -> str:
        return "was still running at the end of its time" if self.status is None else f"ended with {self.status}"


def try_case(file: CaseFile, case: Case, program: Program) -> CellResult:
    """Start the program once and say what arrived. Raises `TargetError` when nothing can be started at all."""
    result = CellResult(
        id=case.name,
        scenario=case.name,
        title=case.title,
        variant="",
        style="",
        target=program.name,
        config={"variables": sorted(case.environment)},
        verdict=PASSED,
        level=case.level,
        severity=case.severity,
        requirement=case.requirement,
        expected=expected(case),
    )
    began = time.monotonic()
    with ExitStack() as stack:
        recorders = [stack.enter_context(Recorder(api, file.answers)) for api in file.apis]
        folder = ScratchFolder()
        stack.callback(folder.remove)
        folder.make()
        home = folder.path / "home"
        home.mkdir()
        values = Values({one.name: one.url for one in recorders}, folder.path / "keys")
        run = _run(
            _filled_command(program, values),
            _environment(file, case, program, values, str(home)),
            program.seconds,
            recorders,
            values,
        )
        _judge(result, file, case, values, run)
        result.evidence |= _evidence(file, values, run)
    result.duration_s = round(time.monotonic() - began, 3)
    return result


def _filled_command(program: Program, values: Values) -> list[str]:
    return [values.fill(word) for word in program.command]


def _environment(file: CaseFile, case: Case, program: Program, values: Values, home: str) -> dict[str, str]:
    """What the program gets, and nothing of this process's own but the path to programs."""
    given = {**file.environment, **program.environment, **case.environment}
    return clean_environment({"HOME": home, **{name: values.fill(text) for name, text in given.items()}})


def _run(
    command: list[str], environment: dict[str, str], seconds: float, recorders: Sequence[Recorder], values: Values
) -> _Run:
    ended = run_to_end(command, environment, name="client", seconds=seconds, lines=_TAIL_LINES)
    calls = [call for one in recorders for call in one.calls]
    return _Run(calls, ended.status, values.lines(ended.said, _TAIL_LINES))


def _judge(result: CellResult, file: CaseFile, case: Case, values: Values, run: _Run) -> None:
    """Give the result its verdict."""
    try:
        if run.calls:
            judge(file, case, values, run.calls)
        elif not (case.may_refuse and run.status not in (None, 0, _COULD_NOT_START)):
            raise Inconclusive(f"it called nobody and {run.ending()}")
        result.actual = "; ".join(dict.fromkeys(arrived(file, values, call) for call in run.calls[:3])) or run.ending()
    except Deviation as deviation:
        result.verdict, result.expected, result.actual = FAILED, deviation.expected, deviation.actual
    except Inconclusive as reason:
        result.verdict, result.reason = INCONCLUSIVE, str(reason)


def _evidence(file: CaseFile, values: Values, run: _Run) -> dict[str, Any]:
    return {
        "calls": [arrived(file, values, call) for call in run.calls[:_MOST_SHOWN]],
        "called": len(run.calls),
        "exit_status": run.status,
        "output": run.tail,
    }
