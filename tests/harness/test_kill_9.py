"""A run that is killed with SIGKILL leaves no process and no temporary file, also not in a case with TLS."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from cli_call import PROGRAM, environment
from scenario_files import write_scenario

SECONDS = 180.0
LONG = """
timed = true
needs = ["tls"]
styles = ["auth0", "okta"]
expect = "accept"
config.tls = true
steps = [{ do = "send" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""
MARK = "IDP_HARNESS_TEST_MARK"


class Run:
    """A run whose temporary files are in a folder of their own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.mark, self.temporary = str(folder), folder / "tmp"
        self.temporary.mkdir()
        self._output = folder / "output.txt"
        own = {"TMPDIR": str(self.temporary), MARK: self.mark}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "area/", "--scenarios", "mine", "--report-dir", "out", *arguments],
                cwd=folder,
                env=environment() | own,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def files(self) -> list[Path]:
        return sorted(self.temporary.iterdir())

    def processes(self) -> list[list[str]]:
        found = []
        for one in psutil.process_iter():
            try:
                if one.environ().get(MARK) == self.mark and one.status() != psutil.STATUS_ZOMBIE:
                    found.append(one.cmdline())
            except psutil.Error:
                continue
        return found

    def wait_for_files(self, count: int) -> None:
        self._wait(lambda: len(list(self.temporary.glob("*/ca.pem"))) == count)

    def wait_for_nothing(self) -> None:
        self._wait(lambda: not self.files() and not self.processes())

    def _wait(self, reached: Callable[[], bool]) -> None:
        deadline, pause = time.monotonic() + SECONDS, threading.Event()
        while not reached():
            assert time.monotonic() < deadline, (self.files(), self.processes(), self._output.read_text())
            pause.wait(0.05)


@pytest.fixture(params=["0", "2"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    """With a service behind TLS for each of two styles."""
    write_scenario(tmp_path / "mine", LONG)
    run = Run(tmp_path, "-n", request.param, "--target", "reference", "--target-option", "own_process=true")
    yield run
    run.process.kill()
    run.process.wait()


def test_nothing_is_left(run: Run) -> None:
    """The folders of the CAs were there, and are not any more."""
    run.wait_for_files(2)
    assert run.processes()
    os.kill(run.process.pid, 9)
    run.process.wait()
    run.wait_for_nothing()
