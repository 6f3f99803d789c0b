"""Temporary folders that outlive neither the process that made them nor the service that uses them.

A folder is held by a lock on it (flock(2) on the folder itself). Its maker has the lock, and hands the
descriptor to the guard of the service that uses the folder; the kernel drops the lock with the last of them.
Whoever makes a folder first removes those that nobody holds any more: what is left when a machine kills every
process of a run at once.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

from harness.targets.base import TargetError

PREFIX = "idp-harness-"
# A folder younger than this may be between its making and its locking.
_MIN_STALE_SECONDS = 60.0


class ScratchFolder:
    """A new folder, readable by its owner only unless `mode` says otherwise; `remove()` when done with it.

    `base` is the folder to make it in, by default that for temporary files (TMPDIR). Forgotten, it is removed when
    this process ends. Raises `TargetError` when no folder can be made there.
    """

    def __init__(self, base: Path | None = None, mode: int = 0o700) -> None:
        try:
            base = base or Path(tempfile.gettempdir())
            remove_stale(base)
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        except OSError as error:
            raise TargetError(f"no temporary folder can be made: {error}; set TMPDIR to one with room") from error
        self.lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        self._removal = weakref.finalize(self, _remove, self.path, self.lock, os.getpid())
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.path.chmod(mode)

    def write_secret(self, name: str, text: str) -> Path:
        """Write a file that only its owner can read, from its first moment on."""
        path = self.path / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
        return path

    def remove(self) -> None:
        """Remove the folder with all that is in it. May be called again."""
        self._removal()


def _remove(path: Path, lock: int, maker: int) -> None:
    if os.getpid() == maker:  # A process forked from the maker has no say in it.
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


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
