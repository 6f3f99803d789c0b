"""How far a run is: lines where there is no terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from fault_files import write_faults
from rich.console import Console
from scenario_files import HEAD, write_scenario

from harness.pytest_plugins.progress import ProgressReporter, time_left

TWO_FAULTS = """
@fault("m-quick")
class Quick(ClaimsChecker):
    \"\"\"Nothing expires.\"\"\"

    def check_expiry(self, claims):
        return

@fault("m-slow")
class Slow(ClaimsChecker):
    \"\"\"None at all.\"\"\"

    def check_issuer(self, claims):
        super().check_issuer(claims)
"""
EXPIRED = 'styles = ["okta"]\ntoken.times = { exp = -600, iat = -900 }\nexpect = "reject"\n'
LONG = """
timed = true
styles = ["okta"]
expect = "accept"
steps = [{ do = "send" }, { do = "wait", seconds = 12 }, { do = "send", expect = [418] }]
"""


def reported(member: str, value: Any) -> pytest.TestReport:
    report = pytest.TestReport(
        "test_mutants.py::test_mutant[x]", ("test_mutants.py", 1, "x"), {}, "passed", None, "call"
    )
    setattr(report, member, value)
    return report


def test_a_fault_counts_once() -> None:
    """Another one that is waited for tells it first, then its own report comes."""
    output = io.StringIO()
    reporter = ProgressReporter(Console(file=output), 3, "mutants")
    reporter.pytest_runtest_logreport(reported("idp_judged", {"m-b": "survived"}))
    reporter.pytest_runtest_logreport(reported("idp_judged", {}))
    reporter.pytest_runtest_logreport(reported("idp_mutant", {"mutant": "m-a", "verdict": "killed"}))
    reporter.pytest_runtest_logreport(reported("idp_mutant", {"mutant": "m-b", "verdict": "survived"}))
    reporter.pytest_runtest_logreport(reported("idp_mutant", {"mutant": "m-c", "verdict": "killed"}))
    assert output.getvalue() == "3/3 2 killed, 1 survived\n"
    assert [one["mutant"] for one in reporter.mutants] == ["m-a", "m-b", "m-c"]


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_run_of_mutants_is_not_silent_while_one_takes_long(tmp_path: Path, workers: str) -> None:
    """It says how many are judged, and how; in the process of the test, and over the border between processes."""
    file = write_faults(tmp_path / "fears.py", TWO_FAULTS)
    write_scenario(tmp_path / "mine", EXPIRED, head=HEAD.replace("m-no-exp-check", "m-quick"), topic="quick")
    write_scenario(tmp_path / "mine", LONG, head=HEAD.replace("m-no-exp-check", "m-slow"), topic="slow")
    arguments = ("--mutants-from", file, "--scenarios", tmp_path / "mine", "--no-baseline", "-n", workers)
    done = idp_harness("mutants", "m-quick", "m-slow", *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^1/2 1 killed(, about \d+ (s|min) left)?$", done.stdout, re.MULTILINE), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("seconds", "done", "left"),
    [
        (4.0, 50, ""),
        (20.0, 2, ""),
        (20.0, 3, "about 11 min left"),
        (20.0, 20, "about 80 s left"),
        (20.0, 50, "about 20 s left"),
        (20.0, 99, "about 10 s left"),
        (20.0, 100, ""),
    ],
)
def test_how_long_the_rest_takes(seconds: float, done: int, left: str) -> None:
    """Of a hundred; nothing at the beginning, when nothing can be known."""
    assert time_left(seconds, done, 100) == left


def test_a_line_says_how_long_it_still_takes() -> None:
    """Every ten seconds, by a clock that is given."""
    now = [100.0]
    output = io.StringIO()
    reporter = ProgressReporter(Console(file=output), 3, "mutants", lambda: now[0])
    for name in ("m-a", "m-b", "m-c"):
        now[0] += 12
        reporter.pytest_runtest_logreport(reported("idp_mutant", {"mutant": name, "verdict": "killed"}))
    assert output.getvalue().splitlines() == [
        "1/3 1 killed, about 20 s left",
        "2/3 2 killed, about 10 s left",
        "3/3 3 killed",
    ]
