"""`python -m tests.fuzz` tries what it is told to, says how much that was, and makes what it finds small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .__main__ import main
from .smaller import smallest
from .vendor_requests import Request

ROOT = Path(__file__).parents[2]


def test_a_short_run() -> None:
    """A server and a client in processes of their own; seed, number of inputs, answers and memory are said."""
    command = [
        sys.executable,
        "-m",
        "tests.fuzz",
        "--seconds",
        "60",
        "--requests",
        "100",
        "--seed",
        "7",
        "--servers",
        "1",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "seed 7, 1 servers"
    assert int(lines[1].split()[0]) >= 100
    assert lines[2].startswith("answers: ")
    assert lines[3].startswith("memory of the servers: ")


@pytest.mark.parametrize(
    "arguments", [["--seconds", "0"], ["--requests", "0"], ["--servers", "0"], ["--seed", "x"], ["x"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    """Exit status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_what_is_found_is_made_small() -> None:
    """Headers and members that have nothing to do with it go, and values become short."""
    request = Request("POST", "/token?a=1", (("A", "b"), ("C", "d")), b"x=1&code=bad-and-long&y=2")
    small = smallest(request, lambda one: b"code=b" in one.body and ("C", "d") in one.headers)
    assert small == Request("POST", "/token", (("C", "d"),), b"code=b")
