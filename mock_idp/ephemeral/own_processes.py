"""Processes that this project started and may therefore kill; a number proves nothing, as numbers are given again.

They carry a mark in their environment, which what they start inherits: random text that no other process has. Linux
only (proc(5)). Standard library only: the keeper, which runs as `-I -S`, uses it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mock_idp.ephemeral.own_folder import MARKER

GUARD = "IDP_HARNESS_GUARD"
"""The variable with the mark of a guard."""
GUARDED = "IDP_HARNESS_GUARDED"
"""The variable with the mark of a guard's command, and of all that it starts."""

_ROUNDS = 20  # Of looking for what was started while others were killed.


def marked(variable: str, mark: str) -> list[int]:
    """The ids of the processes in whose environment `variable` begins with `mark`, itself left out."""
    if sys.platform != "linux":
        return []
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [pid for pid in numbers if pid != os.getpid() and _has_mark(pid, variable, mark)]


def kill_marked(variable: str, mark: str) -> None:
    """Kill these processes, and what they start meanwhile."""
    if sys.platform != "linux":
        return
    for _ in range(_ROUNDS):
        found = marked(variable, mark)
        for pid in found:
            with suppress(OSError), _held(pid) as process:
                if _has_mark(pid, variable, mark):
                    signal.pidfd_send_signal(process, signal.SIGKILL)
        if not found:
            return


def quit_orphans(folder: Path) -> None:
    """Send SIGQUIT to the commands that work in the folder, hold it, and have lost their guard.

    The kernel has sent one with the guard's death, but a shell that is about to become another program loses it.
    """
    if sys.platform != "linux":
        return
    folder = folder.resolve()
    inside = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and _works_in(path, folder)}
    for pid in inside:
        with suppress(OSError, IndexError), _held(pid) as process:
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            is_first = parent not in inside and b"/guard.py" not in Path(f"/proc/{parent}/cmdline").read_bytes()
            if is_first and _works_in(Path(f"/proc/{pid}"), folder):
                signal.pidfd_send_signal(process, signal.SIGQUIT)


def _works_in(process: Path, folder: Path) -> bool:
    try:
        if not (process / "cwd").readlink().is_relative_to(folder):
            return False
        return any(one.readlink() == folder / MARKER for one in (process / "fd").iterdir())
    except OSError:  # It ended, or belongs to another user.
        return False


def _has_mark(pid: int, variable: str, mark: str) -> bool:
    try:
        environ = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # It ended, or belongs to another user.
        return False
    return f"\0{variable}={mark}".encode() in b"\0" + environ


@contextmanager
def _held(pid: int) -> Iterator[int]:
    """A descriptor for the process that has this number now, whoever gets the number next."""
    descriptor = os.pidfd_open(pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
