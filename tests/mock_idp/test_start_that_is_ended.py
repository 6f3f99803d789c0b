"""`mock-idp start` that is ended before it is done takes its server along; what isn't its own it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

START = [sys.executable, "-m", "mock_idp", "start", "--port", "0"]
SECONDS = 60.0


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MOCK_IDP_")}


def wait_until(reached: Callable[[], object], last_state: Callable[[], object]) -> None:
    deadline, pause = time.monotonic() + SECONDS, threading.Event()
    while not reached():
        assert time.monotonic() < deadline, last_state()
        pause.wait(0.01)


def servers(folder: Path) -> list[int]:
    """The processes that serve for this folder."""
    found = []
    for one in psutil.process_iter():
        try:
            if any(str(folder) in word for word in one.cmdline()[3:]) and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one.pid)
        except psutil.Error:
            continue
    return found


def has_no_server(folder: Path) -> None:
    wait_until(lambda: not servers(folder), lambda: servers(folder))
    assert not (folder / ".mock-idp" / "ready.json").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no server runs, also after a test that failed."""
    yield tmp_path
    for pid in servers(tmp_path):
        os.kill(pid, signal.SIGKILL)


def nothing_yet(folder: Path) -> bool:
    return True


def its_server_begins(folder: Path) -> bool:
    return bool(servers(folder))


def its_server_is_ready(folder: Path) -> bool:
    return (folder / ".mock-idp" / "ready.json").exists()


@pytest.mark.parametrize("moment", [nothing_yet, its_server_begins, its_server_is_ready])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_start_that_is_ended_leaves_no_server(
    folder: Path, number: signal.Signals, moment: Callable[[Path], bool]
) -> None:
    """Either it has started one and says so, or none is there; the exit status says which."""
    with subprocess.Popen(
        START, cwd=folder, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as start:
        wait_until(lambda: moment(folder) or start.poll() is not None, lambda: "not there yet")
        start.send_signal(number)
        output, _ = start.communicate(timeout=SECONDS)
    if start.returncode == 0:
        assert "mock-idp stop ends it." in output
        subprocess.run([*START[:3], "stop"], cwd=folder, env=clean_environment(), capture_output=True, check=True)
    else:
        early = moment is nothing_yet  # Python itself may not have been up.
        assert start.returncode in {-number, 128 + number, *([1] if early and number == signal.SIGINT else [])}, output
        assert early or "Traceback" not in output
    has_no_server(folder)


@pytest.mark.skipif(shutil.which("setsid") is None, reason="needs setsid of util-linux")
@pytest.mark.parametrize("done", [False, True])
def test_a_terminal_that_is_closed_takes_an_unfinished_start_along(folder: Path, done: bool) -> None:
    """And leaves a server alone whose start is done."""
    terminal, inside = os.openpty()
    with subprocess.Popen(
        ["setsid", "--ctty", *START], cwd=folder, env=clean_environment(), stdin=inside, stdout=inside, stderr=inside
    ) as start:
        os.close(inside)
        wait_until(lambda: start.poll() is not None if done else servers(folder), lambda: servers(folder))
        os.close(terminal)
        start.wait(SECONDS)
    if start.returncode == 0:
        assert len(servers(folder)) == 1
        subprocess.run([*START[:3], "stop"], cwd=folder, env=clean_environment(), capture_output=True, check=True)
    else:
        assert not done
    has_no_server(folder)


def test_two_starts_at_once_start_one_server(folder: Path) -> None:
    """The second one waits for the first."""
    both = [
        subprocess.Popen(START, cwd=folder, env=clean_environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = sorted(one.communicate(timeout=SECONDS)[0].splitlines()[0] for one in both)
    about = json.loads((folder / ".mock-idp" / "ready.json").read_text())
    assert servers(folder) == [about["pid"]]
    assert printed[-1] == f"mock-idp runs already at {about['url']}, process {about['pid']}"


def mock_idp(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*START[:3], *arguments]
    return subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=60)


def test_a_process_with_the_number_and_the_words_of_the_server_is_left_alone(folder: Path) -> None:
    """It holds no lock on the ready file, so it has not written it."""
    ready_file = folder / ".mock-idp" / "ready.json"
    ready_file.parent.mkdir()
    line = [sys.executable, "-c", "input()", "serve", "--ready-file", str(ready_file)]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as stranger:
        ready_file.write_text(json.dumps({"url": "http://127.0.0.1:1", "port": 1, "pid": stranger.pid}))
        assert mock_idp(folder, "stop").stdout.startswith("No mock-idp runs here")
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("name", ["ready.json", "log.txt"])
@pytest.mark.parametrize("command", [("start", "--port", "0"), ("stop",)], ids=["start", "stop"])
def test_a_file_of_somebody_else_is_not_written_over(folder: Path, command: tuple[str, ...], name: str) -> None:
    """A folder that is given by name may have such files; start says so, with status 2."""
    (folder / name).write_text("precious")
    done = mock_idp(folder, *command, "--folder", ".")
    assert (folder / name).read_text() == "precious"
    assert (done.returncode, name in done.stderr) == ((2, True) if command[0] == "start" else (0, False))


def test_a_folder_given_by_name_can_be_used_again_and_again(folder: Path) -> None:
    """It knows its own files."""
    for _ in range(2):
        started = mock_idp(folder, "start", "--port", "0", "--folder", "mine")
        assert started.returncode == 0, started.stderr
        assert mock_idp(folder, "stop", "--folder", "mine").stdout.startswith("Stopped")


def test_a_folder_that_cannot_be_made_is_status_3_with_its_name(folder: Path) -> None:
    """And says what to do."""
    (folder / "file").touch()
    done = mock_idp(folder, "start", "--folder", "file/within")
    assert (done.returncode, "file/within" in done.stderr, "--folder" in done.stderr) == (3, True, True)


def test_output_that_nobody_reads_keeps_no_server_from_starting(folder: Path) -> None:
    """It is the server that start is for."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*START], cwd=folder, env=clean_environment(), stdout=full, timeout=60)
    assert done.returncode == 0
    assert mock_idp(folder, "stop").stdout.startswith("Stopped")


def test_a_server_whose_ready_file_was_replaced_leaves_it(folder: Path) -> None:
    """At its end it removes its own only."""
    ready_file = folder / "ready"
    line = [sys.executable, "-m", "mock_idp", "serve", "--port", "0", "--ready-file", str(ready_file)]
    with subprocess.Popen(line, env=clean_environment(), stdout=subprocess.DEVNULL) as server:
        wait_until(ready_file.exists, lambda: "not ready")
        ready_file.unlink()
        ready_file.write_text("another's")
        server.terminate()
    assert ready_file.read_text() == "another's"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_is_ended_before_it_serves_removes_its_own_folder(tmp_path: Path, number: signal.Signals) -> None:
    """Also where the keeper, who would do it, is gone."""
    command = [sys.executable, "-m", "mock_idp", "serve", "--port", "0", "--tls"]
    environment = {**clean_environment(), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: [*tmp_path.glob("mock-idp-tls-*")], lambda: [*tmp_path.iterdir()])
        process.send_signal(signal.SIGSTOP)
        [keeper] = [one for one in psutil.process_iter() if _keeps_for(one, process.pid)]
        keeper.kill()
        process.send_signal(number)
        process.send_signal(signal.SIGCONT)
        assert process.wait(SECONDS) in (0, 128 + number)  # 0: it served already.
    assert [*tmp_path.iterdir()] == []


def _keeps_for(process: psutil.Process, pid: int) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return len(words) > 2 and words[-2].endswith("keeper.py") and words[-1] == str(pid)
