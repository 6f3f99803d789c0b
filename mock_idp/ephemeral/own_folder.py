"""Folders that this project made and may therefore remove; of everything else it keeps its hands off.

A name or an age proves nothing: anybody may unpack an archive of this project where temporary files are. So a folder
is marked when it is made. The file `MARKER` in it says which folder, by name, device and inode, it was made for, and a
copy, an archive or a move of it says the wrong one. Who uses the folder keeps it open and its marker locked (flock(2));
the kernel drops a lock with its holder.

Standard library only, and nothing else of this project: the keeper and the guard, which run as `-I -S`, use it too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Self

if sys.platform != "win32":  # So that it can be imported there; see `passing_folder`.
    import fcntl

MARKER = ".made-by-idp-harness"
_MARKER_BYTES = 1024


class OwnFolder:
    """A folder of ours, held open: what is done to it is done to this one, whatever has its name by then."""

    def __init__(self, path: Path, folder: int, marker: int) -> None:
        """`folder` and `marker` are descriptors, which `close` closes. `make` and `prove` are the ways to get one."""
        self.path = path
        self._folder, self._marker = folder, marker

    @classmethod
    def make(cls, path: Path) -> Self:
        """Make the folder, for its owner only, and hold it. Raises OSError, also where there is something already."""
        path.mkdir(0o700)
        with contextlib.ExitStack() as undo:
            undo.callback(_remove_unmarked, path)
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            undo.callback(os.close, folder)
            marker = os.open(MARKER, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
            undo.callback(os.close, marker)
            fcntl.flock(marker, fcntl.LOCK_SH)
            os.write(marker, _marker_text(path, folder))
            undo.pop_all()
        return cls(path, folder, marker)

    @classmethod
    def prove(cls, path: Path) -> Self | None:
        """The folder at `path` if its marker shows that it is ours, and this user's; else `None`. Follows no link."""
        with contextlib.ExitStack() as undo:
            try:
                folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                undo.callback(os.close, folder)
                # O_NONBLOCK: a FIFO of that name would keep whoever opens it.
                marker = os.open(MARKER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
                undo.callback(os.close, marker)
                status = os.fstat(marker)
                if {status.st_uid, os.fstat(folder).st_uid} != {os.geteuid()} or not stat.S_ISREG(status.st_mode):
                    return None
                if os.pread(marker, _MARKER_BYTES, 0) != _marker_text(path, folder):
                    return None
            except OSError:
                return None
            undo.pop_all()
        return cls(path, folder, marker)

    def hold(self) -> None:
        """Lock it, together with others who use it, until `close`."""
        fcntl.flock(self._marker, fcntl.LOCK_SH)

    def pass_on(self) -> None:
        """Let the program that this process becomes hold it, too, with all that it starts, as long as they run."""
        os.set_inheritable(self._marker, True)

    def held_by_others(self) -> bool:
        """Whether another process uses it; if none does, none can begin to before `close`."""
        try:
            fcntl.flock(self._marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # Also a file system without locks, on which nobody knows.
            return True
        return False

    def hold_alone(self) -> None:
        """Lock it until `close`; waits for all others who hold it."""
        fcntl.flock(self._marker, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove it with all that is in it, unless it is the working directory or holds it, or was let go of.

        When another folder has its name by then, that one stays.
        """
        if self._folder < 0 or self._holds_working_directory():
            return
        for name in self._others():
            with contextlib.suppress(OSError):
                if stat.S_ISDIR(os.stat(name, dir_fd=self._folder, follow_symlinks=False).st_mode):
                    shutil.rmtree(name, ignore_errors=True, dir_fd=self._folder)
                else:
                    os.unlink(name, dir_fd=self._folder)
        # The proof goes last, and not before all else: somebody may still write, and then it is for another try.
        if self._others():
            return
        with contextlib.suppress(OSError):
            os.unlink(MARKER, dir_fd=self._folder)
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(self._folder), self.path.lstat()):
                self.path.rmdir()

    def _others(self) -> list[str]:
        """The names in it, without the marker's."""
        with os.scandir(self._folder) as entries:
            return sorted(entry.name for entry in entries if entry.name != MARKER)

    def close(self) -> None:
        """Let go of it. May be called again."""
        for descriptor in (self._folder, self._marker):
            if descriptor >= 0:
                os.close(descriptor)
        self._folder = self._marker = -1

    def _holds_working_directory(self) -> bool:
        own = os.fstat(self._folder)
        try:
            here = Path.cwd()
            return any(os.path.samestat(own, folder.stat()) for folder in (here, *here.parents))
        except OSError:  # The working directory is gone; ours is not.
            return False


def remove_own(path: Path) -> None:
    """Remove the folder that this run was to make at `path`: with all in it if it is proved, else if it is empty."""
    if own := OwnFolder.prove(path):
        own.remove()
        own.close()
    else:
        _remove_unmarked(path)


def remove_unheld(base: Path, prefix: str) -> None:
    """Remove the folders in `base` with names like that which are proved to be ours and which nobody holds any more."""
    try:
        paths = [Path(entry.path) for entry in os.scandir(base) if entry.name.startswith(prefix)]
    except OSError:
        return
    for path in paths:
        if own := OwnFolder.prove(path):
            if not own.held_by_others():
                own.remove()
            own.close()


def _remove_unmarked(path: Path) -> None:
    """Remove a folder that was not marked yet when its maker failed or was killed; not if anything is in it."""
    with contextlib.suppress(OSError):
        if (path / MARKER).lstat().st_size == 0:
            (path / MARKER).unlink()
    with contextlib.suppress(OSError):
        path.rmdir()


def _marker_text(path: Path, folder: int) -> bytes:
    status = os.fstat(folder)
    return f"Made by idp-harness, which removes it.\n{path.name} {status.st_dev} {status.st_ino}\n".encode()
