"""`mock-idp start` and `mock-idp stop`: a server that goes on without a terminal, and ends when it is told to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest


def mock_idp(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, in `folder` and without settings from the environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_IDP_")}
    command = [sys.executable, "-m", "mock_idp", *arguments]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no server runs, also after a test that failed."""
    yield tmp_path
    mock_idp(tmp_path, "stop")


def ready(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / ".mock-idp" / "ready.json").read_text()))


def test_a_started_server_answers_until_it_is_stopped(folder: Path) -> None:
    """It is ready when `start` ends, and gone when `stop` does."""
    started = mock_idp(folder, "start", "--style", "okta", "--port", "0")
    assert started.returncode == 0, started.stderr
    about = ready(folder)
    with urlopen(f"{about['url']}/oauth2/default/v1/keys", timeout=10) as answer:
        assert json.load(answer)["keys"]
    stopped = mock_idp(folder, "stop")
    assert stopped.stdout == f"Stopped the mock-idp at {about['url']}, process {about['pid']}.\n"
    assert not psutil.pid_exists(about["pid"])
    assert not (folder / ".mock-idp" / "ready.json").exists()


def test_what_it_prints_says_how_to_end_it(folder: Path) -> None:
    """The banner of `serve`, with `mock-idp stop` in place of Ctrl-C."""
    printed = mock_idp(folder, "start", "--port", "0").stdout
    assert "issuer     http://localhost:" in printed
    assert "mock-idp stop ends it." in printed
    assert "Ctrl-C" not in printed


def test_a_second_start_leaves_the_first_server_alone(folder: Path) -> None:
    """Its keys and its port stay."""
    mock_idp(folder, "start", "--port", "0")
    before = ready(folder)
    again = mock_idp(folder, "start", "--port", "0")
    assert (again.returncode, again.stdout) == (
        0,
        f"mock-idp runs already at {before['url']}, process {before['pid']}\n",
    )
    assert ready(folder) == before


def test_stopping_nothing_is_no_mistake(folder: Path) -> None:
    """It is said, with the file that was looked at."""
    done = mock_idp(folder, "stop")
    assert done.returncode == 0
    assert f"({folder / '.mock-idp' / 'ready.json'})" in done.stdout


def test_another_process_with_the_number_of_the_server_is_left_alone(folder: Path) -> None:
    """After a crash the number may belong to anybody."""
    (folder / ".mock-idp").mkdir()
    (folder / ".mock-idp" / "ready.json").write_text(json.dumps({"url": "http://127.0.0.1:1", "pid": os.getpid()}))
    assert mock_idp(folder, "stop").stdout.startswith("No mock-idp runs here")
    assert mock_idp(folder, "start", "--port", "0").returncode == 0
    assert ready(folder)["pid"] != os.getpid()


@pytest.mark.parametrize("text", ["", "[]", '{"pid": "x"}', "{"])
def test_a_broken_ready_file_is_none(folder: Path, text: str) -> None:
    """What a killed server left half written keeps nobody from starting another."""
    (folder / ".mock-idp").mkdir()
    (folder / ".mock-idp" / "ready.json").write_text(text)
    assert mock_idp(folder, "stop").returncode == 0
    assert mock_idp(folder, "start", "--port", "0").returncode == 0


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    """On a port that is taken, with the exit status of `serve`; nothing stays behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = mock_idp(folder, "start", "--port", str(port))
    assert done.returncode == 3
    assert str(port) in done.stderr
    assert not (folder / ".mock-idp" / "ready.json").exists()


def test_an_unknown_option_is_refused_by_serve(folder: Path) -> None:
    """With its message and exit status 2."""
    done = mock_idp(folder, "start", "--stile", "okta")
    assert (done.returncode, "--stile" in done.stderr) == (2, True)
