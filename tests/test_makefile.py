"""Makefile.toml is what cargo-make and a person without it can use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent
MAKEFILE = tomllib.loads((ROOT / "Makefile.toml").read_text(encoding="utf-8"))
TASKS: dict[str, Any] = MAKEFILE["tasks"]
ALIASES = {name: str(task["alias"]) for name, task in TASKS.items() if "alias" in task}
SCRIPTS = {name: str(task["script"][1]) for name, task in TASKS.items() if "script" in task}
# The commands of issue trackers, chats and habit: Tasker's words, and those for what only this project has.
PROMISED = (
    *("default", "check", "test", "fix", "build", "docs", "bench", "test-no-infra", "test-jwks-e2e", "tje"),
    *("test-mutants", "test-docker-e2e", "run-mock-idp", "stop-mock-idp", "idp-up", "idp-down", "idp-logs"),
)
COMPOSITES = ("check", "test", "fix", "build")
# `makers` is cargo-make for machines without cargo.
MAKERS = shutil.which("makers")
SECONDS = 300


@pytest.mark.parametrize("name", PROMISED)
def test_the_task_exists(name: str) -> None:
    """The tasks that people look for are there."""
    assert name in TASKS


@pytest.mark.parametrize("name", sorted(set(TASKS) - set(ALIASES)))
def test_a_task_is_a_composite_or_one_line(name: str) -> None:
    """A script is bash's, sets `-euo pipefail` and is one more line; dependencies lead to tasks."""
    task = TASKS[name]
    assert task["description"][0].isupper()
    assert all(other in TASKS for other in task.get("dependencies", []))
    assert ("script" in task) is (name not in COMPOSITES)
    if "script" in task:
        first, line = task["script"]
        assert (task["script_runner"], first) == ("bash", "set -euo pipefail")
        assert "\n" not in line


@pytest.mark.parametrize("name", ALIASES)
def test_a_shortcut_is_the_initials_of_its_task(name: str) -> None:
    """As in Tasker's own Makefile: `tae` is test-auth-e2e."""
    assert name == "".join(part[0] for part in ALIASES[name].split("-"))
    assert ALIASES[name] in TASKS


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_line_is_good_bash(name: str) -> None:
    """It can be pasted: bash understands it."""
    done = subprocess.run(["bash", "-n", "-c", SCRIPTS[name]], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_line_calls_exists(name: str) -> None:
    """Each program of .venv that it calls is installed, each file of the project is there."""
    programs = re.findall(r"\.venv/bin/([\w-]+)", SCRIPTS[name])
    files = re.findall(r"(?<![\w/.-])((?:tests|docker)/[\w./-]+|docker-compose\.[\w.]+)", SCRIPTS[name])
    assert [program for program in programs if not (Path(sys.executable).parent / program).exists()] == []
    assert [file for file in files if not (ROOT / file).exists()] == []


PROGRAMS = ("idp-harness", "mock-idp")
CALLS = sorted(
    name
    for name in SCRIPTS
    if TASKS[name]["script"][-1].startswith(tuple(f".venv/bin/{program} " for program in PROGRAMS))
)


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_line_ends_as_the_program_that_it_calls(tmp_path: Path, status: int) -> None:
    """So that 1 means there what it means everywhere: the service broke a requirement."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (programs / name).chmod(0o755)
    lines = ["; ".join(TASKS[name]["script"]) for name in CALLS]
    assert [subprocess.run(["bash", "-c", line], cwd=tmp_path).returncode for line in lines] == [status] * len(CALLS)
    assert len(CALLS) >= 5


def test_the_tests_of_the_two_tasks_are_all_tests() -> None:
    """What test-no-infra leaves out is what test-infra runs."""
    left_out, run = (SCRIPTS[name].partition(" -m ")[2].strip("'") for name in ("test-no-infra", "test-infra"))
    markers = re.findall(r"not (\w+)", left_out)
    assert left_out == " and ".join(f"not {marker}" for marker in markers)
    assert run == " or ".join(markers)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the project, as tasks write into it; its .venv is the environment the tests run in."""
    if MAKERS is None:
        reason = "cargo-make is not installed: cargo install cargo-make, or .ci/cargo-make"
        if os.environ.get("IDP_HARNESS_REQUIRE_CARGO_MAKE"):
            pytest.fail(reason)
        pytest.skip(reason)
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "report", "wheels")
    shutil.copytree(ROOT, copy, ignore=ignored)
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


def cargo_make(tree: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What cargo-make makes of these arguments in a copy of the project."""
    assert MAKERS is not None
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOCK_IDP_", "PYTEST_"))}
    return subprocess.run(
        [MAKERS, "--disable-check-for-updates", "--no-color", *arguments],
        cwd=tree,
        env=clean | environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_without_a_task_the_tasks_are_listed(tree: Path) -> None:
    """Each with its description and its shortcut, and no tasks of cargo-make's own."""
    done = cargo_make(tree)
    assert done.returncode == 0, done.stderr
    listed = dict(re.findall(r"^([\w-]+) - (.*)$", done.stdout, flags=re.MULTILINE))
    shortcuts = {task: f" [aliases: {alias}]" for alias, task in ALIASES.items()}
    assert listed == {
        name: task["description"] + shortcuts.get(name, "") for name, task in TASKS.items() if "alias" not in task
    }


def leaves(name: str) -> list[str]:
    """The tasks with scripts that a task comes down to, in their order."""
    task = TASKS[ALIASES.get(name, name)]
    below = [leaf for other in task.get("dependencies", []) for leaf in leaves(other)]
    return list(dict.fromkeys([*below, *([ALIASES.get(name, name)] if "script" in task else [])]))


def test_cargo_make_sees_the_steps_of_each_task(tree: Path) -> None:
    """Also of those that run for long, or need Docker; shortcuts lead to their tasks."""
    for name in TASKS:
        printed = cargo_make(tree, "--print-steps", "--output-format", "short-description", name)
        assert printed.returncode == 0, f"{name}: {printed.stderr}"
        steps = re.findall(r"^\d+\. ([\w-]+) - ", printed.stdout, flags=re.MULTILINE)
        seen = [ALIASES.get(step, step) for step in steps]
        assert [step for step in seen if step in SCRIPTS] == leaves(name), f"{name}:\n{printed.stdout}"


def test_a_task_that_fails_fails(tree: Path) -> None:
    """check-lint finds a mistake, fix mends it, and then check-lint and check-format find nothing."""
    mistake = tree / "mistake.py"
    mistake.write_text('"""A mistake."""\nimport os\nx =  1\n', encoding="utf-8")
    found = cargo_make(tree, "check-lint")
    assert found.returncode != 0
    assert "F401" in found.stdout
    assert cargo_make(tree, "f").returncode == 0
    assert mistake.read_text(encoding="utf-8") == '"""A mistake."""\n\nx = 1\n'
    for name in ("check-lint", "check-format"):
        again = cargo_make(tree, name)
        assert again.returncode == 0, again.stdout


def test_the_scenarios_are_checked(tree: Path) -> None:
    """check-scenarios says how many there are."""
    done = cargo_make(tree, "check-scenarios")
    assert done.returncode == 0
    assert "are well formed" in done.stdout


def test_packages_are_built_into_dist(tree: Path) -> None:
    """`b` makes a wheel and an sdist of the project, without network."""
    done = cargo_make(tree, "b")
    assert done.returncode == 0, done.stdout + done.stderr
    wheel, sdist = sorted((tree / "dist").iterdir(), key=lambda file: file.suffix, reverse=True)
    assert (wheel.suffix, sdist.suffix) == (".whl", ".gz")
    assert "harness/_scenarios/baseline/plain-tokens.toml" in zipfile.ZipFile(wheel).namelist()


@pytest.fixture
def started(tree: Path) -> Iterator[str]:
    """The URL of the server that run-mock-idp has started, on a free port."""
    done = cargo_make(tree, "run-mock-idp", MOCK_IDP_PORT="0")
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        found = re.search(r"http://127\.0\.0\.1:\d+", done.stdout)
        assert found, done.stdout
        yield found[0]
    finally:
        cargo_make(tree, "smi")


def test_the_mock_identity_provider_runs_until_it_is_stopped(tree: Path, started: str) -> None:
    """run-mock-idp ends while the server answers, a second one changes nothing, and after stop-mock-idp it is gone."""
    with urlopen(f"{started}/.well-known/jwks.json", timeout=10) as answer:
        assert answer.status == 200
    assert f"mock-idp runs already at {started}" in cargo_make(tree, "rmi").stdout
    assert f"Stopped the mock-idp at {started}" in cargo_make(tree, "stop-mock-idp").stdout
    with pytest.raises(OSError, match="refused"):
        urlopen(started, timeout=10)
    again = cargo_make(tree, "stop-mock-idp")
    assert (again.returncode, "No mock-idp runs here" in again.stdout) == (0, True)
