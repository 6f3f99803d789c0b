"""A service's log: a file that the service writes and the harness shows when something went wrong."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

from harness.foreign_text import ForeignText, foreign
from harness.targets.base import TargetError

_TAIL_BYTES = 64 * 1024


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
        self._end: bytes | None = None
        self._lock = threading.Lock()

    def tail(self, lines: int = 40) -> ForeignText:
        """The last lines (of at most 64 KiB)."""
        with self._lock:
            end = self._read_end() if self._end is None else self._end
        return ForeignText(end).last_lines(lines)

    def _read_end(self) -> bytes:
        size = os.fstat(self.descriptor).st_size
        return os.pread(self.descriptor, _TAIL_BYTES, max(0, size - _TAIL_BYTES))

    def close(self) -> None:
        """Let go of the file; `tail` keeps working. May be called again."""
        with self._lock:
            if self._end is None:
                self._end = self._read_end()
                os.close(self.descriptor)


def _nameless() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _kept(folder: Path, name: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, _ = tempfile.mkstemp(prefix=f"{name}-", suffix=".log", dir=folder)
    return descriptor
