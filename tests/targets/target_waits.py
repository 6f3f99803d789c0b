"""Waiting for a condition, with a deadline and the last state in the failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

import psutil

SECONDS = 60.0
T = TypeVar("T")


def wait_for(check: Callable[[], T], wanted: Callable[[T], bool], seconds: float = SECONDS) -> T:
    """The first result of `check` that is `wanted`. Raises AssertionError with the last one."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not wanted(state := check()):
        assert time.monotonic() < deadline, f"after {seconds} s still: {state!r}"
        pause.wait(0.01)
    return state


def running(processes: Iterable[psutil.Process | int]) -> list[str]:
    """Those that run, in words; one that ended and was not collected by its parent yet does not."""
    found = []
    for process in processes:
        try:
            one = psutil.Process(process) if isinstance(process, int) else process
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{one.pid} {' '.join(one.cmdline())}")
        except psutil.NoSuchProcess:
            continue
    return found


def below_this_process(text: str) -> list[psutil.Process]:
    """Processes that this one has started, and theirs, with `text` in their command line or as their TMPDIR.

    Cells that run beside a test start and end others all the time.
    """
    found = []
    for one in psutil.Process().children(recursive=True):
        try:
            if text in " ".join(one.cmdline()) or one.environ().get("TMPDIR") == text:
                found.append(one)
        except psutil.Error:
            continue
    return found


def guards_below_this_process(text: str) -> list[psutil.Process]:
    """Those of them that are guards. What they guard starts and ends others while one looks."""
    found = []
    for one in below_this_process(text):
        with suppress(psutil.Error):
            if "guard.py" in " ".join(one.cmdline()):
                found.append(one)
    return found


def keepers_of(pid: int) -> list[psutil.Process]:
    """The keepers of the folders of a process."""
    found = []
    for one in psutil.process_iter():
        try:
            line = one.cmdline()
        except psutil.Error:
            continue
        if len(line) > 2 and line[-2].endswith("/keeper.py") and line[-1] == str(pid):
            found.append(one)
    return found


def wait_until_ended(*processes: psutil.Process | int) -> None:
    wait_for(lambda: running(processes), lambda left: not left)
