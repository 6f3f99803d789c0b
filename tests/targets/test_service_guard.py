"""The guard ends its command whatever happens to whoever asked for it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from target_waits import SECONDS, running, wait_until_ended

from harness.processes.guarded_process import GUARD
from mock_idp.ephemeral.own_folder import MARKER, OwnFolder

STAY = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()",
]
Guard = subprocess.Popen[str]
Start = Callable[..., Guard]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a guard and let it start its command; its standard error, where the command's output goes, is a pipe."""
    with contextlib.ExitStack() as stack:

        def start(command: list[str], *options: str, told: bool = True) -> Guard:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            line = [sys.executable, "-I", "-S", str(GUARD), *options, "--", *command]
            guard: Guard = subprocess.Popen(line, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload]
            stack.enter_context(guard)
            stack.callback(guard.kill)
            if told:
                assert guard.stdin
                guard.stdin.write("start\n")
                guard.stdin.flush()
            return guard

        yield start


def command_of(guard: Guard) -> psutil.Process:
    """The command's process, once it has written its first line."""
    assert guard.stdout
    assert guard.stderr
    pid = int(guard.stdout.readline())
    assert guard.stderr.readline() == "up\n"
    return psutil.Process(pid)


def end_of_file(guard: Guard) -> None:
    assert guard.stdin
    guard.stdin.close()


def test_end_of_file_on_standard_input_ends_the_command(start: Start) -> None:
    guard = start(STAY)
    command = command_of(guard)
    end_of_file(guard)
    wait_until_ended(command)
    assert guard.wait(SECONDS) == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_guard_ends_the_command(start: Start, number: signal.Signals) -> None:
    guard = start(STAY)
    command = command_of(guard)
    guard.send_signal(number)
    wait_until_ended(command)
    assert guard.wait(SECONDS) == 128 + signal.SIGTERM


def test_the_command_is_asked_with_the_signal_of_the_caller_s_choice(start: Start) -> None:
    guard = start(STAY, "--signal", "QUIT")
    command_of(guard)
    end_of_file(guard)
    assert guard.wait(SECONDS) == 128 + signal.SIGQUIT


def test_a_command_that_ignores_the_signal_is_killed_after_the_grace_period(start: Start) -> None:
    guard = start(STUBBORN, "--grace", "0.2")
    command_of(guard)
    end_of_file(guard)
    assert guard.wait(SECONDS) == 128 + signal.SIGKILL


def test_a_killed_guard_takes_the_command_with_it(start: Start) -> None:
    guard = start(STUBBORN)
    command = command_of(guard)
    guard.kill()
    wait_until_ended(command)


def test_what_the_command_started_in_a_session_of_its_own_ends_too(start: Start) -> None:
    stubborn = f"import subprocess; p = subprocess.Popen({STUBBORN!r}, start_new_session=True); p.wait()"
    guard = start([sys.executable, "-c", stubborn], "--grace", "0.2")
    [grandchild] = command_of(guard).children()
    end_of_file(guard)
    guard.wait(SECONDS)
    assert not running([grandchild])


def test_what_a_finished_command_left_running_ends_too(start: Start) -> None:
    leave = f"import subprocess, sys; p = subprocess.Popen({STUBBORN!r}, start_new_session=True, stdout=sys.stderr); \
print(p.pid, file=sys.stderr, flush=True); sys.stdin.read(); import os; os._exit(0)"
    guard = start([sys.executable, "-c", leave], "--grace", "0.2")
    assert guard.stderr
    left = int(guard.stderr.readline())
    assert guard.wait(SECONDS) == 0
    assert not running([left])


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 128 + 9)], ids=["success", "failure", "signal"]
)
def test_the_guard_ends_with_the_status_of_the_command(start: Start, script: str, status: int) -> None:
    assert start(["/bin/sh", "-c", script]).wait(SECONDS) == status


def test_a_command_that_is_not_there_is_status_127_and_a_line_with_its_name(start: Start) -> None:
    guard = start(["/nowhere/service"])
    assert guard.wait(SECONDS) == 127
    assert guard.stderr
    assert "could not start /nowhere/service" in guard.stderr.read()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the harness makes it; here nobody but the guard holds it."""
    own = OwnFolder.make(tmp_path / "scratch")
    own.close()
    return own.path


def test_the_folder_goes_when_the_command_ended(start: Start, folder: Path) -> None:
    (folder / "sub").mkdir()
    assert start(["/bin/sh", "-c", "exit 0"], "--scratch", str(folder)).wait(SECONDS) == 0
    assert not folder.exists()


def test_the_folder_stays_while_the_command_runs(start: Start, folder: Path) -> None:
    guard = start(STAY, "--scratch", str(folder))
    command_of(guard)
    assert folder.exists()


def test_the_folder_goes_when_the_command_is_ended(start: Start, folder: Path) -> None:
    guard = start(STAY, "--scratch", str(folder))
    command_of(guard)
    end_of_file(guard)
    guard.wait(SECONDS)
    assert not folder.exists()


def test_a_guard_that_was_not_told_to_start_removes_the_folder(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    guard = start(["/bin/sh", "-c", "echo started >&2"], "--scratch", str(folder), told=False)
    folder.mkdir()
    _, errors = guard.communicate(timeout=SECONDS)
    assert (guard.returncode, errors, folder.exists()) == (0, "", False)


@pytest.mark.parametrize("marker", [None, "Made by idp-harness, which removes it.\nscratch 1 2\n"])
def test_a_folder_that_is_not_marked_as_ours_stays(start: Start, tmp_path: Path, marker: str | None) -> None:
    """Whatever the guard was told: the folder of somebody else has no marker, or that of another folder."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "precious").touch()
    if marker:
        (folder / MARKER).write_text(marker)
    assert start(["/bin/sh", "-c", "exit 0"], "--scratch", str(folder)).wait(SECONDS) == 0
    assert (folder / "precious").exists()


def test_a_command_that_removes_the_marker_keeps_no_folder(start: Start, folder: Path) -> None:
    """The guard has seen the marker before and keeps the folder open since."""
    assert start(["/bin/sh", "-c", f"rm {MARKER}; touch file"], "--scratch", str(folder)).wait(SECONDS) == 0
    assert not folder.exists()


def test_the_command_works_in_the_folder(start: Start, folder: Path) -> None:
    guard = start(["/bin/pwd"], "--scratch", str(folder))
    assert guard.stderr
    assert guard.stderr.readline() == f"{folder}\n"


def test_the_folder_is_locked_while_the_command_runs(start: Start, folder: Path) -> None:
    command_of(start(STAY, "--scratch", str(folder)))
    lock = os.open(folder / MARKER, os.O_RDONLY)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(lock)


def test_the_command_has_the_three_standard_descriptors_only(start: Start, tmp_path: Path) -> None:
    show = "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1], flush=True)"
    guard = start([sys.executable, "-c", show], "--scratch", str(tmp_path))
    assert guard.stderr
    assert guard.stderr.readline() == "[0, 1, 2]\n"


def test_the_command_reads_nothing(start: Start) -> None:
    guard = start(["/bin/sh", "-c", "cat; echo end"])
    assert guard.stderr
    assert guard.stderr.readline() == "end\n"


def test_root_can_run_the_command_as_another_user(start: Start, only_as_root: None) -> None:
    guard = start(["/bin/sh", "-c", "id -un; id -Gn"], "--user", "nobody")
    assert guard.stderr
    name, groups = guard.stderr.readline().strip(), guard.stderr.readline().split()
    assert name == "nobody"
    assert len(groups) == 1


def test_a_command_that_runs_as_another_user_dies_with_a_killed_guard(start: Start, only_as_root: None) -> None:
    guard = start(["/bin/sh", "-c", "echo up; exec sleep 1000"], "--user", "nobody")
    command = command_of(guard)
    guard.kill()
    wait_until_ended(command)


def test_an_unknown_user_is_status_127_and_a_line_in_the_log(start: Start, only_as_root: None) -> None:
    guard = start(["/bin/sh", "-c", "echo up"], "--user", "nobody-of-that-name")
    assert guard.wait(SECONDS) == 127
    assert guard.stderr
    assert "nobody-of-that-name" in guard.stderr.read()
