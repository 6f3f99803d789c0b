"""Ctrl-C ends a mutant run at once and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest
from cli_call import PROGRAM, environment
from scenario_files import HEAD, write_scenario

SECONDS = 180.0
FAULT = "m-requests-in-turn"
# A run that is told to end waits for no case: this one would take ten minutes.
LONG = """
timed = true
start = "manual"
styles = ["okta"]
expect = "accept"
steps = [{ do = "start-service" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""
# It says when the long case has begun: the service asks for the lifetime of its keys when it starts.
FEARS = f"""from pathlib import Path
from harness.reference.faults import fault
from harness.reference.settings import SettingsCheck

@fault("{FAULT}")
class Signal(SettingsCheck):
    \"\"\"Nothing is wrong, and a file says that the service was started.\"\"\"

    def checked(self, settings):
        Path("started").touch()
        return super().checked(settings)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_ends_the_faults_that_are_being_judged(tmp_path: Path, workers: str) -> None:
    """Exit status 130, one word instead of a traceback, and every process below the run is gone."""
    write_scenario(tmp_path / "mine", LONG, head=HEAD.replace("m-no-exp-check", FAULT))
    (tmp_path / "fears.py").write_text(FEARS)
    command = [PROGRAM, "mutants", FAULT, "--mutants-from", "fears.py", "--scenarios", "mine", "--no-baseline"]
    output = tmp_path / "output.txt"
    with output.open("wb") as stream:
        run = subprocess.Popen(
            [*command, "-n", workers],
            cwd=tmp_path,
            env=environment(),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        deadline, pause = time.monotonic() + SECONDS, threading.Event()
        while not (tmp_path / "started").exists():
            assert run.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            pause.wait(0.02)
        processes = psutil.Process(run.pid).children(recursive=True)
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(SECONDS) == 130, output.read_text()
        assert psutil.wait_procs(processes, timeout=5)[1] == []
        assert output.read_text().splitlines()[-1:] == ["interrupted"]
        assert "Traceback" not in output.read_text()
    finally:
        run.kill()
        run.wait()
