"""Writes the record of a run as its cells end: one JSON object a line, whole lines only, whatever happens."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import UsageError
from harness.report.manifest import is_held, write_whole
from harness.report.record import is_record, line_of

NAME = "idp-harness-results"


class ResultsFile:
    """A pytest plugin. `problem` is a sentence when the record could not be kept: the run is then no success.

    Raises `UsageError` for a file that another run writes to, or that no run has written; it is not changed then.
    """

    def __init__(self, file: Path) -> None:
        self.problem, self._file, self._missing = "", file, 0
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
            self._descriptor = os.open(file, flags, 0o666)
        except OSError as error:
            raise UsageError(f"{file} can't be written: {error.strerror}; choose another file") from error
        if refused := self._refusal():
            os.close(self._descriptor)
            raise UsageError(f"{file} {refused}; choose another file")

    def _refusal(self) -> str:
        """Why the file must be left alone; empty when it need not."""
        about = os.fstat(self._descriptor)
        if not stat.S_ISREG(about.st_mode):
            return "is no regular file"
        if is_held(self._descriptor):
            return "is written by another run at the moment"
        if about.st_size and not is_record(self._file):
            return "is there and no run has written it"
        return ""

    def pytest_sessionstart(self) -> None:
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            self._fail(error)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "idp_cell", None)
        if record is not None and not self._write(record):
            self._missing += 1

    def _write(self, record: dict[str, Any]) -> bool:
        if self.problem:
            return False
        end = os.lseek(self._descriptor, 0, os.SEEK_END)
        try:
            write_whole(self._descriptor, line_of(record))
        except OSError as error:
            self._fail(error)
            with suppress(OSError):
                os.ftruncate(self._descriptor, end)  # Half a line would spoil those before it.
        return not self.problem

    def _fail(self, error: OSError) -> None:
        self.problem = f"{self._file} can't be written: {error.strerror}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._missing:
            self.problem += f"; {self._missing} cells are missing there"
        if self.problem:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.problem:
            terminalreporter.write_line(f"ERROR: {self.problem}", red=True)

    def pytest_unconfigure(self) -> None:
        os.close(self._descriptor)
