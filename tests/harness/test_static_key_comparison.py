"""`idp-harness keys compare`: what agrees is told from what doesn't."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.base.errors import HarnessError
from harness.cli import cli

# tasker-ctl's words for our own commands.
TOOL = """#!{python}
import os, sys
from harness.cli import cli
JOBS = {{
    "generate-keys": ["keys", "generate"], "generate-token": ["token", "generate"],
    "validate-token": ["token", "validate"], "show-permissions": ["permissions"],
}}
job, options = sys.argv[2], sys.argv[3:]
{fault}
status = cli.main([*JOBS[job], *options], standalone_mode=False)
{afterwards}
sys.exit(status or 0)
"""
FAULT = """
if job == "generate-keys":
    options = [one.replace("=1024", "=2048") for one in options] + ["--replace"]
elif job == "generate-token":
    options = [one.replace("hours=2", "hours=3") for one in options]
elif job == "show-permissions":
    print("all:of-them"); sys.exit(0)
"""
AFTERWARDS = """
if job == "generate-keys":
    folder = next(one.partition("=")[2] for one in options if one.startswith("--output-dir"))
    os.chmod(folder + "/jwt-private-key.pem", 0o644)
status = 0
"""


def compare(folder: Path, fault: str = "", afterwards: str = "") -> Result:
    tool = folder / "tasker-ctl"
    tool.write_text(TOOL.format(python=sys.executable, fault=fault, afterwards=afterwards), encoding="utf-8")
    tool.chmod(0o755)
    return CliRunner().invoke(cli, ["keys", "compare", str(tool)], standalone_mode=False)


def told(result: Result) -> dict[str, str]:
    lines = [line for line in result.output.splitlines() if not line.startswith(" ")]
    return {line[8:]: line[:8].strip() for line in lines}


def test_a_tool_that_does_the_same_differs_in_nothing(tmp_path: Path) -> None:
    result = compare(tmp_path)
    assert result.exception is None, result.exception
    assert set(told(result).values()) == {"same"}, result.output
    assert result.return_value == 0
    assert len(told(result)) == 11


def test_what_a_tool_does_otherwise_is_shown_with_both_sides(tmp_path: Path) -> None:
    """It writes over keys that are there, makes short ones, accepts every token and knows other permissions."""
    result = compare(tmp_path, FAULT, AFTERWARDS)
    assert result.return_value == 1
    same = {what for what, verdict in told(result).items() if verdict == "same"}
    assert same == {"a good token", "one with an unknown permission"}, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "there for my-service, 3 h, tasks:create tasks:read" in lines
    assert "there PRIVATE KEY and PUBLIC KEY, the private one 0644" in lines
    assert "there is written over, exit status 0" in lines
    assert "eyJ" not in result.output


def test_a_tool_that_is_nowhere_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TASKER_CTL", raising=False)
    result = CliRunner().invoke(cli, ["keys", "compare"], standalone_mode=False)
    assert isinstance(result.exception, HarnessError)
    assert "there is no program tasker-ctl" in str(result.exception)
