"""Ctrl-C ends a run at once and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from cli_call import PROGRAM, environment, needs_curl, run_in_bash
from scenario_files import profile_text, write_profile, write_scenario

from harness.report.manifest import how_it_went
from harness.report.record import read_record

SECONDS = 180.0
# A run that is told to end waits for no case: these would take ten minutes.
LONG = """
timed = true
start = "manual"
styles = ["auth0", "okta"]
expect = "accept"
steps = [{ do = "start-service" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""
SERVICE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

# It accepts everybody and never answers; with `healthy` it says only that it is well. No SIGTERM ends it.
HANGS = """
import pathlib, signal, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if sys.argv[2] == "healthy" and self.path == "/health":
            self.send_response(200)
            self.end_headers()
            return
        pathlib.Path(sys.argv[3]).touch()
        threading.Event().wait()

signal.signal(signal.SIGTERM, signal.SIG_IGN)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def descendants(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Run:
    """A run in a session of its own, as a terminal would start it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._output = folder / "output.txt"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "area/", "--scenarios", "mine", "--report-dir", "out", *arguments],
                cwd=folder,
                env=environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until(self, reached: Callable[[], bool]) -> list[psutil.Process]:
        """Wait for a state of the run; all processes below it then."""
        deadline, pause = time.monotonic() + SECONDS, threading.Event()
        while not reached():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            pause.wait(0.02)
        return descendants(self.process)

    def press_ctrl_c(self) -> int:
        """What a terminal does: every process of the session gets the signal. The exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(SECONDS)

    def close(self) -> None:
        for one in descendants(self.process):
            one.kill()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts runs in the test's folder and ends them after the test."""
    started: list[Run] = []

    def start(*arguments: str) -> Run:
        started.append(Run(tmp_path, *arguments))
        return started[-1]

    yield start
    for run in started:
        run.close()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_ends_everything(tmp_path: Path, start: Callable[..., Run], workers: str) -> None:
    """Exit status 130, one word instead of a traceback, and every process below the run is gone."""
    write_scenario(tmp_path / "mine", LONG)
    write_profile(tmp_path / "mine", profile_text("jwks", "configure", "restart"), "process")
    script = tmp_path / "service.py"
    script.write_text(SERVICE)
    run = start("-n", workers, "--target", "process", "--command", f"{sys.executable} {script} {{port}}")

    def both_services_run() -> bool:
        return sum(command_of(one)[1:2] == [str(script)] for one in descendants(run.process)) == 2

    processes = run.wait_until(both_services_run)
    assert run.press_ctrl_c() == 130
    _, left = psutil.wait_procs(processes, timeout=5)
    assert [one.cmdline() for one in left] == []
    assert run.output.strip().splitlines()[-1:] == ["interrupted"]
    assert "Traceback" not in run.output


@pytest.mark.parametrize("health", ["healthy", "deaf"])
@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_ends_a_run_whose_services_hang(
    tmp_path: Path, start: Callable[..., Run], workers: str, health: str
) -> None:
    """Neither an answer nor the end of a service is waited for; the record says that the run was interrupted."""
    write_scenario(tmp_path / "mine", 'styles = ["auth0", "okta"]\nexpect = "accept"\n')
    write_profile(tmp_path / "mine", profile_text("jwks", "configure", "restart"), "process")
    script, hangs = tmp_path / "service.py", tmp_path / "hangs"
    script.write_text(HANGS)
    line = f"{sys.executable} {script} {{port}} {health} {hangs}"
    run = start("-n", workers, "--target", "process", "--command", line)
    processes = run.wait_until(hangs.exists)
    assert any(command_of(one)[1:2] == [str(script)] for one in processes)
    assert run.press_ctrl_c() == 130
    _, left = psutil.wait_procs(processes, timeout=20)
    assert [one.cmdline() for one in left] == []
    assert run.output.strip().splitlines()[-1:] == ["interrupted"]
    assert "Traceback" not in run.output
    assert read_record(tmp_path / "out" / "results.jsonl").results == []
    assert how_it_went(tmp_path / "out", 0) == "the run was interrupted: 0 of 2 cells are recorded"


@needs_curl
def test_hold_keeps_the_curl_lines_working_until_ctrl_c(tmp_path: Path, start: Callable[..., Run]) -> None:
    """Then the run ends with the status that its verdicts have."""
    write_scenario(tmp_path / "mine", 'styles = ["okta"]\ntoken.permissions = []\nexpect = [418]\n')
    run = start("--target", "reference", "--hold")
    run.wait_until(lambda: "until Ctrl-C" in run.output)
    # With the case, and once more at the end, where the most dangerous stands.
    [line] = {line.split(maxsplit=1)[1] for line in run.output.splitlines() if line.startswith("  repeat ")}
    assert run_in_bash(line).stdout.startswith(b"HTTP/1.1 403 ")
    assert run.press_ctrl_c() == 1
    assert "Traceback" not in run.output
