"""Nothing a harness started outlives it, however the harness ends. Real processes, started by a thread of another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from target_issuer import Issuer
from target_waits import (
    SECONDS,
    guards_below_this_process,
    keepers_of,
    running,
    wait_for,
    wait_until_ended,
)

from harness.base.errors import TargetError
from harness.targets.postgres import start_postgres
from harness.targets.tasker_wheels import no_wheel_for_this_platform

TINY_SERVICE = Path(__file__).with_name("tiny_service.py")
MAKER = Path(__file__).with_name("orphan_maker.py")
needs_wheel = [
    pytest.mark.tasker,
    pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform())),
]
WHAT = [
    "process",
    pytest.param("postgres", marks=needs_wheel),
    pytest.param("tasker-worker", marks=needs_wheel),
]
Maker = subprocess.Popen[str]
Make = Callable[[str, str], tuple[Maker, list[int]]]


@pytest.fixture
def make(issuer: Issuer, temporary_base: Path) -> Iterator[Make]:
    """Start the maker, in a process group of its own; returns it and the ids of the processes it started."""
    with ExitStack() as stack:

        def make(what: str, ending: str) -> tuple[Maker, list[int]]:
            argument = {"process": str(TINY_SERVICE), "tasker-worker": str(issuer.port)}.get(what, "")
            maker = subprocess.Popen(
                [sys.executable, str(MAKER), what, ending, argument],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                process_group=0,
            )
            stack.enter_context(maker)
            assert maker.stdout
            started: list[int] = json.loads(maker.stdout.readline())
            stack.callback(wait_until_ended, *started)
            stack.callback(maker.kill)
            return maker, started

        yield make


@pytest.mark.parametrize("what", WHAT)
def test_services_run_while_their_maker_does(make: Make, what: str) -> None:
    _, started = make(what, "stay")
    assert len(running(started)) == len(started) > 1


@pytest.mark.parametrize("what", WHAT)
def test_kill_9_of_the_maker_ends_its_services(make: Make, what: str, temporary_base: Path) -> None:
    maker, started = make(what, "stay")
    maker.kill()
    wait_until_ended(*started)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)


@pytest.mark.parametrize("what", WHAT)
def test_ctrl_c_ends_the_services(make: Make, what: str, temporary_base: Path) -> None:
    maker, started = make(what, "stay")
    os.killpg(maker.pid, signal.SIGINT)
    wait_until_ended(maker.pid, *started)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("ending", ["raise", "return"])
def test_services_that_were_not_stopped_end_with_their_maker(
    make: Make, what: str, ending: str, temporary_base: Path
) -> None:
    maker, started = make(what, ending)
    maker.wait(SECONDS)
    wait_until_ended(*started)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)


def kill_maker_and_guards(maker: Maker, started: list[int]) -> None:
    for pid in (maker.pid, *(pid for pid in started if any("guard.py" in line for line in running([pid])))):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("what", WHAT)
def test_kill_9_of_maker_and_guards_at_once_leaves_nothing(make: Make, what: str, temporary_base: Path) -> None:
    maker, started = make(what, "stay")
    kill_maker_and_guards(maker, started)
    wait_until_ended(*started)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)


@pytest.mark.parametrize("what", WHAT[1:])
def test_folders_that_nobody_could_remove_go_with_the_next_start(make: Make, what: str, temporary_base: Path) -> None:
    maker, started = make(what, "stay")
    [keeper] = keepers_of(maker.pid)
    keeper.kill()
    kill_maker_and_guards(maker, started)
    wait_until_ended(*started)
    left = list(temporary_base.iterdir())
    assert left
    make(what, "stay")
    assert not [folder for folder in left if folder.exists()]


@pytest.mark.tasker
@pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform()))
@pytest.mark.parametrize("also_the_guard", [False, True])
def test_postgresql_leaves_no_shared_memory(make: Make, also_the_guard: bool, temporary_base: Path) -> None:
    maker, started = make("postgres", "stay")
    segments = Path("/proc/sysvipc/shm")

    def made_by_us() -> list[str]:
        """The segments whose creator (column 5) is one of ours."""
        return [line for line in segments.read_text().splitlines()[1:] if int(line.split()[4]) in started]

    during = made_by_us()
    if also_the_guard:
        kill_maker_and_guards(maker, started)
    else:
        maker.kill()
    wait_until_ended(*started)
    wait_for(lambda: list(temporary_base.iterdir()), lambda left: not left)
    assert (len(during), made_by_us()) == (1, [])


def of_folder(base: Path) -> list[psutil.Process]:
    """The processes that work in it or name it."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if str(base) in " ".join([one.cwd(), *one.cmdline()]) and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


@pytest.mark.tasker
@pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform()))
def test_a_cluster_whose_guard_is_killed_while_it_is_made_keeps_its_folder_until_then(temporary_base: Path) -> None:
    """Without its files PostgreSQL would break off, and leave its segment of shared memory."""
    with ThreadPoolExecutor(1) as pool:
        start = pool.submit(start_postgres)
        wait_for(lambda: list(temporary_base.glob("*/cluster/data/PG_VERSION")), bool, 60)
        [guard] = guards_below_this_process(str(temporary_base))
        made_by = {one.pid for one in guard.children(recursive=True)}
        guard.kill()
        with pytest.raises(TargetError, match="PostgreSQL ended with status -9 while starting"):
            start.result(60)
    assert of_folder(temporary_base) == []
    assert list(temporary_base.iterdir()) == []
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    assert [line for line in lines if int(line.split()[4]) in made_by] == []
