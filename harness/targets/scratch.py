"""Temporary folders that outlive neither the process that made them nor the service that uses them.

A folder is made when a guard waits for it already (`harness.targets.guarded`), so that kill -9 leaves none. Both keep a
shared lock on the folder itself (flock(2)); the kernel drops a lock with its holder. Whoever makes a folder first
removes those that nobody holds: what is left when guards are killed too, as by a machine that ends every process.
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from harness.targets.base import TargetError

if sys.platform != "win32":  # So that a target can be imported there, to say that it is not available.
    import fcntl

PREFIX = "idp-harness-"
# A folder younger than this may be between its making and its locking.
_MIN_STALE_SECONDS = 60.0


class ScratchFolder:
    """The path of a folder that nobody has yet, in `base` (by default that for temporary files, TMPDIR).

    Readable by its owner only once it is made, unless `mode` says otherwise.
    """

    def __init__(self, base: Path | None = None, mode: int = 0o700) -> None:
        try:
            self.path = (base or Path(tempfile.gettempdir())) / f"{PREFIX}{secrets.token_hex(8)}"
        except OSError as error:
            raise TargetError(f"there is no folder for temporary files: {error}") from error
        self._mode = mode
        self._lock = -1

    def make(self) -> None:
        """Make the folder. Raises `TargetError` when that can't be done."""
        try:
            remove_stale(self.path.parent)
            self.path.mkdir(0o700)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            self.path.chmod(self._mode)
        except OSError as error:
            raise TargetError(f"no temporary folder can be made: {error}; set TMPDIR to one with room") from error

    def write_secret(self, name: str, text: str) -> Path:
        """Write a file that only its owner can read, from its first moment on."""
        path = self.path / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
        return path

    def remove(self) -> None:
        """Remove the folder with all that is in it. May be called again, or when it was never made."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


@functools.cache  # Once a process: what is left behind comes from runs before it.
def remove_stale(base: Path) -> None:
    """Remove our own scratch folders in `base` that no process holds."""
    for path in base.glob(f"{PREFIX}*"):
        if path.is_symlink() or not path.is_dir():
            continue
        try:
            status = path.stat()
            if status.st_uid == os.geteuid() and time.time() - status.st_mtime > _MIN_STALE_SECONDS:
                _remove_unheld(path)
        except OSError:
            continue  # Removed by another process meanwhile, or a file system without locks.


def _remove_unheld(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
