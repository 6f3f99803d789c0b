"""Who of a command's processes is killed, and how."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
CTRL_C, HANG_UP = "Ctrl-C", "hang-up"
KEYS = (CTRL_C, HANG_UP)


def _main(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return [main]


def _worker(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return _one(_workers(main, processes, dice), dice)


def _workers(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return [one.pid for one in processes if _line(one)[1:3] == ["-u", "-c"]]


def _guard(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return _one(_guards(main, processes, dice), dice)


def _guards(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return _of_program("guard.py", processes)


def _keepers(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return _of_program("keeper.py", processes)


def _main_and_guards(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return [main, *_guards(main, processes, dice)]


def _main_and_workers(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return [main, *_workers(main, processes, dice)]


def _together(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    return [main, *_workers(main, processes, dice), *_guards(main, processes, dice)]


def _all(main: int, processes: Sequence[psutil.Process], dice: random.Random) -> list[int]:
    """Of this project: nobody is left to clean up, and the next start has to."""
    return [*_together(main, processes, dice), *_keepers(main, processes, dice)]


# The parts that a choice needs stand in its name. Each gives the processes that there are.
VICTIMS: dict[str, Callable[[int, Sequence[psutil.Process], random.Random], list[int]]] = {
    "main": _main,
    "one of the workers": _worker,
    "workers": _workers,
    "one of the guards": _guard,
    "guards": _guards,
    "keepers": _keepers,
    "main and guards": _main_and_guards,
    "main and workers": _main_and_workers,
    "main, workers and guards": _together,
    "main, workers, guards and keepers": _all,
}


def choices(has: Iterable[str]) -> list[str]:
    """The names of `VICTIMS` that a command can have which has these processes beside its main one."""
    missing = {"workers", "guards", "keepers"}.difference(has)
    return [name for name in VICTIMS if not any(part in name for part in missing)]


def send(pids: Sequence[int], number: signal.Signals) -> None:
    """Signal each of them that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _of_program(name: str, processes: Sequence[psutil.Process]) -> list[int]:
    return [one.pid for one in processes if any(word.endswith(f"/{name}") for word in _line(one)[:5])]


def _one(pids: list[int], dice: random.Random) -> list[int]:
    return [dice.choice(sorted(pids))] if pids else []


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
