"""A guarded process is ours from its start to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from target_waits import SECONDS, below_this_process, running, wait_for, wait_until_ended

from harness.processes.guarded_process import Ending, GuardedProcess, clean_environment
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog

STAY = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
Start = Callable[..., GuardedProcess]


@pytest.fixture
def start(log: ServiceLog, temporary_base: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(command: list[str] = STAY, **options: object) -> GuardedProcess:
            process = GuardedProcess(command, environment=clean_environment({}), log=log, **options)  # type: ignore[arg-type]
            stack.callback(process.stop)
            return process

        yield start


def test_its_process_id_is_that_of_the_command(start: Start) -> None:
    assert wait_for(psutil.Process(start().pid).cmdline, STAY.__eq__)


def test_it_is_alive_until_it_is_stopped(start: Start) -> None:
    process = start()
    before = process.alive()
    process.stop()
    assert (before, process.alive()) == (True, False)


def test_it_is_gone_when_stop_returns(start: Start) -> None:
    process = start()
    process.stop()
    assert not psutil.pid_exists(process.pid)


def test_stop_may_be_called_again(start: Start) -> None:
    process = start()
    process.stop()
    process.stop()
    assert not process.alive()


def test_stop_may_be_called_by_several_threads_at_once(start: Start) -> None:
    process = start()
    threads = [threading.Thread(target=process.stop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not psutil.pid_exists(process.pid)


def test_waiting_returns_as_soon_as_the_command_ends(start: Start) -> None:
    assert start(["/bin/sh", "-c", "exit 5"]).wait(SECONDS)


def test_waiting_for_a_command_that_stays_returns_when_the_time_is_over(start: Start) -> None:
    assert not start().wait(0.01)


def test_the_status_of_a_command_that_ended_is_known(start: Start) -> None:
    process = start(["/bin/sh", "-c", "exit 5"])
    process.wait(SECONDS)
    assert process.exit_status() == 5


def test_a_command_that_runs_has_no_status(start: Start) -> None:
    assert start().exit_status() is None


def test_memory_is_counted_in_bytes_over_the_command_and_what_it_started(start: Start, log: ServiceLog) -> None:
    parent = f"import subprocess; p = subprocess.Popen({STAY!r}); p.wait()"
    process = start([sys.executable, "-c", parent])
    wait_for(lambda: log.tail().as_it_came, "up".__eq__)
    [child] = psutil.Process(process.pid).children()
    alone, both = child.memory_info().rss, process.rss_bytes()
    assert both is not None
    assert both > alone + 1_000_000


def test_the_peak_remembers_what_was_freed(start: Start, log: ServiceLog) -> None:
    greedy = "x = bytearray(60_000_000); del x; import signal; print('up', flush=True); signal.pause()"
    process = start([sys.executable, "-c", greedy])
    wait_for(lambda: log.tail().as_it_came, "up".__eq__)
    now, peak = process.rss_bytes(), process.peak_rss_bytes()
    assert now is not None
    assert peak is not None
    assert peak > now + 40_000_000


def test_a_command_that_ended_uses_no_memory(start: Start) -> None:
    process = start()
    process.stop()
    assert (process.rss_bytes(), process.peak_rss_bytes()) == (None, None)


def test_output_of_the_command_is_in_the_log(start: Start, log: ServiceLog) -> None:
    start(["/bin/sh", "-c", "echo to output; echo to error >&2"]).wait(SECONDS)
    assert log.tail().as_it_came == "to output\nto error"


def test_a_command_that_is_not_there_is_named_in_the_log(start: Start, log: ServiceLog) -> None:
    start(["/nowhere/service"]).wait(SECONDS)
    assert "/nowhere/service" in log.tail()


def test_the_scratch_folder_is_made_for_it_and_prepared(start: Start, log: ServiceLog) -> None:
    scratch = ScratchFolder()
    start(["/bin/cat", "secret"], scratch=scratch, prepare=lambda: scratch.write_secret("secret", "x")).wait(SECONDS)
    assert log.tail().as_it_came == "x"


def test_the_scratch_folder_is_removed_with_it(start: Start) -> None:
    scratch = ScratchFolder()
    start(scratch=scratch).stop()
    assert not scratch.path.exists()


def test_a_failed_preparation_leaves_nothing(start: Start, log: ServiceLog, temporary_base: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        start(scratch=ScratchFolder(), prepare=lambda: 1 / 0)
    assert (below_this_process(str(temporary_base)), list(temporary_base.iterdir())) == ([], [])


def test_a_guard_that_does_not_end_is_killed_and_the_command_with_it(
    start: Start, log: ServiceLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.processes.guarded_process._GUARD_SECONDS", 0.1)
    process = start(ending=Ending(grace_seconds=0.0))
    command = psutil.Process(process.pid)
    guard = command.parent()
    assert guard
    guard.send_signal(signal.SIGSTOP)
    process.stop()
    assert not running([guard])
    wait_until_ended(command)


def test_what_a_command_has_started_ends_with_it_when_the_guard_was_killed(start: Start, log: ServiceLog) -> None:
    """Also in a session of its own; the harness finds it by its mark."""
    parent = f"import subprocess; p = subprocess.Popen({STAY!r}, start_new_session=True); p.wait()"
    process = start([sys.executable, "-c", parent])
    wait_for(lambda: log.tail().as_it_came, "up".__eq__)
    command = psutil.Process(process.pid)
    [child], guard = command.children(), command.parent()
    assert guard
    guard.kill()
    wait_until_ended(command)
    process.stop()
    assert not running([child])


def test_a_process_with_the_mark_of_another_command_stays(start: Start, log: ServiceLog) -> None:
    """Each command has its own."""
    other = start()
    process = start()
    guard = psutil.Process(process.pid).parent()
    assert guard
    guard.kill()
    process.stop()
    assert other.alive()


def test_the_service_survives_the_thread_that_started_it(start: Start, log: ServiceLog) -> None:
    started: list[GuardedProcess] = []
    thread = threading.Thread(target=lambda: started.append(start()))
    thread.start()
    thread.join(SECONDS)
    wait_for(lambda: log.tail().as_it_came, "up".__eq__)
    assert started[0].alive()


def test_ctrl_c_in_the_terminal_does_not_reach_the_command(start: Start, log: ServiceLog) -> None:
    process = start()
    wait_for(lambda: log.tail().as_it_came, "up".__eq__)
    guard = psutil.Process(process.pid).ppid()
    sessions = {os.getsid(pid) for pid in (0, guard, process.pid)}
    assert len(sessions) == 3


def test_no_setting_of_this_process_reaches_a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TASKER_ENV", "DATABASE_URL", "HTTP_PROXY", "https_proxy", "PYTHONPATH", "HOME"):
        monkeypatch.setenv(name, "mine")
    assert "mine" not in clean_environment({}).values()


def test_a_forked_process_that_holds_the_pipe_does_not_keep_the_command() -> None:
    maker = (
        "import os, signal, sys\n"
        "from harness.processes.guarded_process import GuardedProcess\n"
        "from harness.processes.service_log import ServiceLog\n"
        f"process = GuardedProcess({STAY!r}, environment=os.environ, log=ServiceLog('test'))\n"
        "fork = os.fork()\n"
        "if fork:\n"
        "    print(process.pid, fork, flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", maker], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        command, fork = map(int, parent.stdout.readline().split())
        parent.kill()
        try:
            wait_until_ended(command)
            assert running([fork])
        finally:
            os.kill(fork, signal.SIGKILL)


# A shell that is about to become another program loses a signal; this one loses its first.
LOSES_ONE = ["/bin/sh", "-c", "trap 'trap \"exit 0\" QUIT' QUIT; echo up; while :; do sleep 0.05; done"]
KEEPS_ONE = """
import sys
from harness.processes.guarded_process import Ending, GuardedProcess, clean_environment
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
log = ServiceLog("test")
process = GuardedProcess(sys.argv[1:], environment=clean_environment({}), log=log, scratch=ScratchFolder(),
                         ending=Ending("INT", 30.0, "QUIT"))
while "up" not in log.tail():
    pass
print(process.pid, flush=True)
sys.stdin.read()
"""


def test_a_command_that_loses_the_signal_to_an_orphan_is_told_again(start: Start, log: ServiceLog) -> None:
    """Its folder stays until it has ended."""
    scratch = ScratchFolder()
    process = start(LOSES_ONE, scratch=scratch, ending=Ending("INT", 30.0, "QUIT"))
    wait_for(log.tail, lambda text: "up" in text)
    guard = psutil.Process(process.pid).parent()
    assert guard is not None
    guard.kill()
    process.stop()
    assert running([process.pid]) == []
    assert not scratch.path.exists()


def test_the_keeper_tells_it_again_when_nobody_else_is_left(temporary_base: Path) -> None:
    """Its maker and its guard are killed at once."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEPS_ONE, *LOSES_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        command = psutil.Process(int(maker.stdout.readline()))
        guard = command.parent()
        assert guard is not None
        for one in (maker, guard):
            one.kill()
    wait_until_ended(command)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)
