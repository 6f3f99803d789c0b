"""A service's log: a file that the service writes and the harness shows when something went wrong."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import threading
import weakref
from pathlib import Path

from harness.base.errors import TargetError
from harness.shown.foreign_text import ForeignText, foreign

_TAIL_BYTES = 64 * 1024
# A service may write without end: a log that is larger than this loses all but its end.
MOST_BYTES = 16 * 1024 * 1024
_LOOK_SECONDS = 0.25


class ServiceLog:
    """A log without a name on disk, so that nothing is left of it; in `folder`, if given, a file that is kept.

    What a service writes to `descriptor` can be read with `tail`. Raises `TargetError` when no file can be made.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        try:
            self.descriptor = _nameless() if folder is None else _kept(folder, name)
        except OSError as error:
            raise TargetError(
                f"no log can be written in {folder or 'the temporary folder'}: {foreign(error)}"
            ) from error
        # Who writes goes on at the end of the file, wherever that is by then.
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, fcntl.fcntl(self.descriptor, fcntl.F_GETFL) | os.O_APPEND)
        self._end: bytes | None = None
        self._lock = threading.Lock()
        _KEEPER.look_after(self)

    def tail(self, lines: int = 40) -> ForeignText:
        """The last lines (of at most 64 KiB)."""
        with self._lock:
            end = self._read_end() if self._end is None else self._end
        return ForeignText(end).last_lines(lines)

    def cut(self) -> None:
        """Drop all but the end when it is larger than `MOST_BYTES`; what is written at that moment may go too."""
        with self._lock:
            if self._end is None and os.fstat(self.descriptor).st_size > MOST_BYTES:
                end = self._read_end()
                os.ftruncate(self.descriptor, 0)
                os.write(self.descriptor, b"... what stood here was dropped: it was more than 16 MiB\n" + end)

    def _read_end(self) -> bytes:
        size = os.fstat(self.descriptor).st_size
        return os.pread(self.descriptor, _TAIL_BYTES, max(0, size - _TAIL_BYTES))

    def close(self) -> None:
        """Let go of the file; `tail` keeps working. May be called again."""
        with self._lock:
            if self._end is None:
                self._end = self._read_end()
                os.close(self.descriptor)

    @property
    def closed(self) -> bool:
        return self._end is not None


class _Keeper:
    """A thread that looks at all open logs of this process from time to time; there is none while there are no logs."""

    def __init__(self) -> None:
        self._logs: weakref.WeakSet[ServiceLog] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._runs = False

    def look_after(self, log: ServiceLog) -> None:
        with self._lock:
            self._logs.add(log)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._look, name="log-keeper", daemon=True).start()

    def _open(self) -> list[ServiceLog]:
        with self._lock:
            logs = [log for log in self._logs if not log.closed]
            self._logs = weakref.WeakSet(logs)
            self._runs = bool(logs)
            return logs

    def _look(self) -> None:
        pause = threading.Event()  # Nothing sets it.
        while logs := self._open():
            for log in logs:
                with contextlib.suppress(OSError):
                    log.cut()
            del logs, log
            pause.wait(_LOOK_SECONDS)


_KEEPER = _Keeper()


def _nameless() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _kept(folder: Path, name: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, _ = tempfile.mkstemp(prefix=f"{name}-", suffix=".log", dir=folder)
    return descriptor
