"""One command with what it cost: seconds by the clock, seconds of processors, memory of all its processes."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Cost:
    """What a command took. `cpu_s` counts every process that somebody waited for, not what outlives its parent.

    `memory_mib` is the most that its processes shared out among them at one moment (PSS): what two share counts once.
    """

    wall_s: float
    cpu_s: float
    memory_mib: float
    status: int
    output: str


def cost_of(command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end in `folder`, with `variables` beside those of this process."""
    before, started = _cpu_seconds(), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    memory = _Memory(process.pid)
    output, _ = process.communicate()
    wall, cpu = time.perf_counter() - started, _cpu_seconds() - before
    return Cost(wall, cpu, memory.most(), process.returncode, output)


def _cpu_seconds() -> float:
    """Of all children of this process that have ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Memory:
    """Looks at a process and all below it, four times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._ended = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            with suppress(psutil.Error):
                top = psutil.Process(self._pid)
                self._most = max(self._most, sum(map(_mib, [top, *top.children(recursive=True)])))

    def most(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most


def _mib(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        return float(process.memory_full_info().pss) / 2**20
    return 0.0
