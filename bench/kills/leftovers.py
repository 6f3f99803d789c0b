"""What a killed command has left: processes, files, shared memory."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_SHARED_MEMORY = Path("/proc/sysvipc/shm")
_LOOK_SECONDS = 0.05
_MOST_FILES = 10  # Of a thousand the first ones say enough.


class Watch:
    """Remembers every process that a command starts, from its start on; use it as a context manager.

    Processes are found below the command's own, and by `temporary`, its folder for temporary files, which nothing else
    has: in their environment, their command line, or as what they work in.
    """

    def __init__(self, pid: int, temporary: Path) -> None:
        self._root, self._temporary = psutil.Process(pid), temporary
        self._seen: dict[tuple[int, float], psutil.Process] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            with suppress(psutil.Error):
                self._remember([self._root, *self._root.children(recursive=True)])

    def _remember(self, processes: list[psutil.Process]) -> None:
        for one in processes:
            with suppress(psutil.Error):
                self._seen[one.pid, one.create_time()] = one

    def look(self) -> list[psutil.Process]:
        """All that run now."""
        self._remember([one for one in psutil.process_iter() if self._is_its(one)])
        return [one for one in list(self._seen.values()) if _runs(one)]

    def _is_its(self, process: psutil.Process) -> bool:
        mark = str(self._temporary)
        for find in (lambda: process.environ().get("TMPDIR") == mark, lambda: mark in " ".join(process.cmdline())):
            with suppress(psutil.Error, OSError):
                if find():
                    return True
        with suppress(psutil.Error, OSError):
            return process.cwd().startswith(mark)
        return False

    def shared_memory(self) -> list[str]:
        """The segments whose creator is one of the processes."""
        pids = {pid for pid, _ in list(self._seen)}
        with suppress(OSError):
            lines = _SHARED_MEMORY.read_text().splitlines()[1:]
            return [f"shared memory segment {line.split()[1]}" for line in lines if int(line.split()[4]) in pids]
        return []


@dataclass(frozen=True)
class Left:
    """What was left after `seconds` of waiting, in words."""

    what: list[str]
    seconds: float


def wait_for_nothing(watch: Watch, spare: set[int], seconds: float) -> Left:
    """Wait until nothing is left but the processes in `spare`; at most `seconds`, then say what is."""
    begun, pause = time.monotonic(), threading.Event()
    while True:
        processes = [one for one in watch.look() if one.pid not in spare]
        files = sorted(watch._temporary.rglob("*"))[:_MOST_FILES]
        what = [_in_words(one) for one in processes] + [f"file {path}" for path in files] + watch.shared_memory()
        waited = time.monotonic() - begun
        if not what or waited > seconds:
            return Left(what, waited)
        pause.wait(_LOOK_SECONDS)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _in_words(process: psutil.Process) -> str:
    ports: list[int] = []
    line = ""
    with suppress(psutil.Error):
        line = " ".join(process.cmdline())[:160]
        ports = [one.laddr.port for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    return f"process {process.pid} {line}" + (f", listening on {ports}" if ports else "")


def end_all(watch: Watch) -> None:
    """Kill what is left, so that the next kill begins with nothing."""
    for one in watch.look():
        if one.pid != os.getpid():
            with suppress(psutil.Error):
                one.kill()
