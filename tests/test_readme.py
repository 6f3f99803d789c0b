"""The commands of the README work as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
# The fault that one line switches on is found: that is what the line shows.
FAILS_AS_IT_SAYS = "--fault"
SECONDS = 300


def commands(program: str) -> list[str]:
    """The README's command lines that call `program`, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(program + " ")]


def run(line: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a line with the programs of the environment that the tests run in."""
    program, *arguments = shlex.split(line)
    return subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        cwd=folder,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


@pytest.mark.tasker
def test_the_commands_for_judging_work(tmp_path: Path) -> None:
    """Each `idp-harness` line that judges the real worker, and those about what it left, end with 0.

    The others do the same wherever the package is installed: `test_packaging` runs all of them.
    """
    lines = [line for line in commands("idp-harness") if re.match(r"idp-harness (run|report|doctor)\b", line)]
    lines = [line for line in lines if "reference" not in line]
    assert len(lines) >= 3
    for line in lines:
        done = run(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "report" / "junit.xml").is_file()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The README's `mock-idp serve`, on a free port; its URL."""
    (line,) = [line for line in commands("mock-idp") if " serve " in line]
    ready = tmp_path / "ready"
    program, *arguments = shlex.split(line.replace("--port 9400", "--port 0"))
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / program), *arguments, "--ready-file", str(ready)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = threading.Event()
        for _ in range(1500):
            if ready.exists() or process.poll() is not None:
                break
            deadline.wait(0.02)
        found = re.search(r'"url": *"([^"]+)"', ready.read_text() if ready.exists() else "")
        assert found, f"mock-idp serve is not ready; exit status {process.poll()}"
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_the_commands_for_a_local_identity_provider_work(served: str, tmp_path: Path) -> None:
    """Each `mock-idp` line talks to the server that the first one started."""
    lines = [line for line in commands("mock-idp") if " serve " not in line]
    assert len(lines) >= 6
    for line in lines:
        done = run(line, tmp_path, MOCK_IDP_URL=served)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip(), f"{line} printed nothing"


def test_the_two_first_commands_are_one_line_each() -> None:
    """One line judges the real worker, one runs the tests; both make the environment they need."""
    text = README.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("python3 -m venv ")]
    assert [line.rpartition("&& ")[2] for line in lines] == [".venv/bin/idp-harness run", ".venv/bin/pytest -n auto"]


def test_what_the_readme_links_to_exists() -> None:
    """Every relative link leads to a file."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
