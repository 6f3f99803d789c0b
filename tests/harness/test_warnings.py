"""Warnings and what is left open: none is a verdict on a service, and a test of this project is not let off."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cli_call import PROGRAM, SECONDS, environment, idp_harness
from fault_files import write_faults
from scenario_files import HEAD, write_scenario

# A fetcher that never closes what it has opened.
LEAKS = "d-jwks-fetcher-get-call-2-left-out"
CARELESS = """
@fault("m-careless")
class Careless(ClaimsChecker):
    \"\"\"Sockets are left open, and nothing expires.\"\"\"

    def check_expiry(self, claims):
        import socket
        socket.socket()
"""
EXPIRED = 'styles = ["okta"]\ntoken.times = { exp = -600, iat = -900 }\nexpect = "reject"\n'
RUN = ("run", "base-rs256-accept", "--target", "reference", "--style", "okta", "-n", "0")
# What is done whenever the reference service fetches keys, in every Python that finds this file.
WHEN_KEYS_ARE_FETCHED = """
import http.client, threading, warnings
connect = http.client.HTTPConnection.connect
def connect_and_more(self):
    {action}
    connect(self)
http.client.HTTPConnection.connect = connect_and_more
"""
LEAVES_OPEN = "import socket; socket.socket()"
WARNS = f"{LEAVES_OPEN}; warnings.warn('another function is newer', DeprecationWarning)"
THREAD_ENDS = "threading.Thread(target=lambda: 1 / 0).start()"


def run_where(folder: Path, action: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(WHEN_KEYS_ARE_FETCHED.format(action=action), encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    variables = environment() | {"PYTHONPATH": path} | variables
    return subprocess.run(
        [PROGRAM, *RUN], cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def test_what_a_fault_leaves_open_ends_no_run(tmp_path: Path) -> None:
    """The reference with a fault runs in the processes that judge it; also where Python is told to mind warnings."""
    done = idp_harness(*RUN[:-1], "2", "--fault", LEAKS, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stderr, "could not run" in done.stdout) == ("", False)


def test_what_faults_leave_open_ends_no_run_of_mutants(tmp_path: Path) -> None:
    """They are killed and survive as if they had closed all."""
    file = write_faults(tmp_path / "fears.py", CARELESS)
    write_scenario(tmp_path / "mine", EXPIRED, head=HEAD.replace("m-no-exp-check", "m-careless"))
    arguments = ("--mutants-from", file, "--scenarios", tmp_path / "mine", "--no-baseline", "-n", "0")
    done = idp_harness("mutants", "m-careless", *arguments, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_a_warning_ends_no_run(tmp_path: Path) -> None:
    """A newer library that warns, or forgets a socket, is nothing that a service did."""
    done = run_where(tmp_path, WARNS, {})
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_who_asks_python_to_mind_warnings_gets_that(tmp_path: Path) -> None:
    """As the tests of this project do: what the harness itself leaves open is seen there."""
    done = run_where(tmp_path, LEAVES_OPEN, {"PYTHONWARNINGS": "error"})
    assert done.returncode == 3, done.stdout + done.stderr
    assert "could not run: test_scenarios.py" in done.stdout
    assert "<socket.socket" in done.stdout


def test_a_thread_that_ends_by_an_error_is_said(tmp_path: Path) -> None:
    """It may have been the one that watches: nothing is passed then without a word."""
    done = run_where(tmp_path, THREAD_ENDS, {})
    assert done.returncode == 3, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "could not run: test_scenarios.py" in done.stdout
    assert "PytestUnhandledThreadExceptionWarning" in done.stdout
