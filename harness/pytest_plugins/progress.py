"""Progress of a run: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.pytest_plugins import worker_deaths
from harness.pytest_plugins.scenario_plugin import BEFORE_THE_END
from harness.report import results_file
from mock_idp.tools.program import sentence

_LINE_SECONDS = 10.0
# Before so much of a run is over, nothing can be said of its end.
_LEAST_SECONDS, _LEAST_PART = 5.0, 0.03


class ProgressReporter:
    """A pytest plugin that follows a run, keeps its results and shows how far it is, and about how long it still takes.

    `total` is the number of cells, `clock` gives seconds.
    """

    def __init__(self, console: Console, total: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.results: list[CellResult] = []
        self.mutants: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self.is_record_lost = False
        self.before_the_end: Callable[[], None] = lambda: None
        self._console, self._total, self._counts = console, total, Counter[str]()
        self._judged: set[str] = set()
        self._line = ""
        self._clock, self._began = clock, clock()
        self._line_at = self._began + _LINE_SECONDS
        self._progress = Progress(
            TextColumn(what, markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(what, total=total, note="")

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._began = self._clock()
        session.config.stash[BEFORE_THE_END] = self._end
        self._progress.start()

    def _end(self) -> None:
        self._progress.stop()
        self.before_the_end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        self._progress.stop()

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        record = config.pluginmanager.get_plugin(results_file.NAME)
        if record is not None and record.problem:
            self.is_record_lost = True
            self.problems.append(record.problem)
        deaths = config.pluginmanager.get_plugin(worker_deaths.NAME)
        if deaths is not None and deaths.problem:
            self.problems.append(deaths.problem)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(str(report.longrepr))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Returns that nobody needs to print it."""
        self.problems.append(sentence(excinfo.value))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "idp_cell", None)
        if record is not None:
            result = CellResult(**record)
            self.results.append(result)
            self._advance(result.verdict)
            if report.failed and result.verdict == verdicts.PASSED:  # A thread ended by an error meanwhile.
                self._keep_problem(report)
        elif (mutant := getattr(report, "idp_mutant", None)) is not None:
            self.mutants.append(mutant)
            self._judge({str(mutant["mutant"]): str(mutant["verdict"])})
        elif (judged := getattr(report, "idp_judged", None)) is not None:
            self._judge(judged)
        elif report.failed:
            self._keep_problem(report)

    def _keep_problem(self, report: pytest.TestReport) -> None:
        self.problems.append(f"{report.nodeid}: {report.longreprtext[-3000:]}")

    def _judge(self, judged: Mapping[str, str]) -> None:
        """Count faults, each once: while another one is waited for it is known already, and its own report follows."""
        for name in judged.keys() - self._judged:
            self._judged.add(name)
            self._advance(judged[name])
        self._say()

    def _advance(self, verdict: str) -> None:
        self._counts[verdict] += 1
        self._progress.update(self._task, advance=1)
        self._say()

    def _say(self) -> None:
        words = [f"{self._counts[one]} {one}" for one in sorted(self._counts) if one != verdicts.PASSED]
        done = sum(self._counts.values())
        words += [left] if (left := time_left(self._clock() - self._began, done, self._total)) else []
        self._progress.update(self._task, note=", ".join(words), refresh=True)
        line = f"{done}/{self._total} {', '.join(words)}".rstrip()
        is_due = self._clock() >= self._line_at or (done == self._total and line != self._line)
        if is_due and not self._console.is_terminal:
            self._line, self._line_at = line, self._clock() + _LINE_SECONDS
            self._console.print(line, highlight=False)


def time_left(seconds: float, done: int, total: int) -> str:
    """About how long the rest takes when so many are done after `seconds`; empty where that can't be said yet.

    Cells that wait run beside each other, so this is no more than what has been seen so far says.
    """
    if seconds < _LEAST_SECONDS or not _LEAST_PART * total <= done < total:
        return ""
    left = seconds * (total - done) / done
    return f"about {max(10, round(left, -1)):.0f} s left" if left < 95 else f"about {left / 60:.0f} min left"
