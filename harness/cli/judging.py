"""A run from its first cell to its exit status: what is shown, what is kept, and how it ended."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence

import pytest
from rich.console import Console

from harness.base.errors import HarnessError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_USAGE, exit_status
from harness.cli.pytest_call import call_pytest
from harness.pytest_plugins.progress import ProgressReporter
from harness.report.files import FILES, PAGE
from harness.report.folder import SCRIPTS, ReportFolder
from harness.report.manifest import BROKEN, COMPLETE, INTERRUPTED
from harness.report.pipeline import github
from harness.report.pipeline.markdown import markdown_of
from harness.report.summary import print_summary
from harness.shown import terminal
from harness.shown.terminal import indented, words

INTERRUPT_STATUS = 130
_INDENT = 4


class Judging:
    """One run of `planned` cells, which `reporter` follows and `folder` keeps.

    `strict`: a broken SHOULD fails the run; `hold`: services stay up at the end, until Ctrl-C; `left_out`: how many
    cells differ from a planned one in the vendor's style alone; `waiting`: how many were not planned as they wait.
    """

    def __init__(
        self,
        console: Console,
        reporter: ProgressReporter,
        folder: ReportFolder,
        planned: int,
        strict: bool,
        hold: bool,
        left_out: int = 0,
        waiting: int = 0,
    ) -> None:
        self._console, self._reporter, self._folder = console, reporter, folder
        self._planned, self._strict, self._hold = planned, strict, hold
        self._left_out, self._waiting = left_out, waiting
        self._started = time.monotonic()
        self._scripts: dict[str, str] | None = None

    def run(self, args: Sequence[str]) -> int:
        """Call pytest with `args` and those of the folder; returns the exit status.

        In a step of GitHub Actions, annotations follow, and the summary goes to the page of the run.
        """
        with github.no_commands():
            status = self._run(args)
        if github.is_there() and self._reporter.results:
            for command in github.commands_for(self._reporter.results, strict=self._strict):
                terminal.say(command)
        return status

    def _run(self, args: Sequence[str]) -> int:
        if self._hold:
            self._reporter.before_the_end = self._show_and_wait
        pytest_status = call_pytest([*args, f"--idp-results={self._folder.results}"], self._reporter)
        problems = self._reporter.problems
        if pytest_status == pytest.ExitCode.INTERRUPTED and not problems:
            self._console.print("interrupted")
            self._write_files(complete=False)
            return self._ended(INTERRUPTED, INTERRUPT_STATUS)
        if pytest_status == pytest.ExitCode.USAGE_ERROR:
            return self._ended(BROKEN, EXIT_USAGE)  # Pytest has said what is wrong.
        self._show()
        complete = not problems and len(self._reporter.results) >= self._planned
        self._write_files(complete=complete)
        status = exit_status(self._reporter.results, strict=self._strict)
        if self._reporter.is_record_lost or not (complete or status == EXIT_FAILED):
            status = EXIT_COULD_NOT_RUN
        status = self._ended(COMPLETE if complete else BROKEN, status)
        for problem in problems:
            self._console.print(words(f"could not run: {indented(problem, _INDENT)}"), soft_wrap=True)
        self._say_places()
        return status

    def _show(self) -> None:
        """Write the scripts and print what came out, once."""
        if self._scripts is not None:
            return
        seconds = time.monotonic() - self._started
        self._scripts = {}
        try:
            self._scripts = self._folder.write_scripts(self._reporter.results)
        except HarnessError as problem:
            self._reporter.problems.append(str(problem))
            self._reporter.is_record_lost = True
        print_summary(
            self._console,
            self._reporter.results,
            seconds=seconds,
            hint=not self._hold,
            left_out=self._left_out,
            waiting=self._waiting,
            scripts=self._scripts,
        )

    def _show_and_wait(self) -> None:
        """Show the results and wait for Ctrl-C, while what they name still runs."""
        self._show()
        self._console.print("The commands above work until Ctrl-C.")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()

    def _write_files(self, *, complete: bool) -> None:
        results, problems = self._reporter.results, self._reporter.problems
        note = "" if complete else f"{len(results)} of {self._planned} cells are recorded"
        try:
            run = self._folder.write_files(
                results, self._scripts or {}, note=note, problems=tuple(problems), strict=self._strict
            )
            github.add_to_summary(markdown_of(run.results, run.about))
        except HarnessError as problem:
            problems.append(str(problem))
            self._reporter.is_record_lost = True

    def _ended(self, how: str, status: int) -> int:
        """Write down how the run ended; returns `status`, or 3 where that can't be written."""
        try:
            self._folder.end(how, len(self._reporter.results))
        except HarnessError as problem:
            self._console.print(words(f"could not run: {problem}"), soft_wrap=True)
            return EXIT_COULD_NOT_RUN
        return status

    def _say_places(self) -> None:
        for sentence in self._folder.left:
            self._console.print(words(sentence), soft_wrap=True)
        places = f"page {self._folder.path / PAGE.name}   record {self._folder.results}   for pipelines "
        places += ", ".join(one.name for one in FILES if one is not PAGE)
        if self._scripts:
            places += f"   {len(self._scripts)} scripts {self._folder.path / SCRIPTS}"
        self._console.print(words(places))
