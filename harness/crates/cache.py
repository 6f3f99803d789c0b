"""The user's cache: folders that are whole or not there at all, and made by one process at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign

# The released version that everything here belongs to; another one is kept beside it.
VERSION = "0.1.8"


def cache_folder() -> Path:
    """Where it lies: below XDG_CACHE_HOME, by default ~/.cache (XDG Base Directory Specification).

    Raises `HarnessError` for a user without a home.
    """
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError as error:
        raise HarnessError("this user has no home; set XDG_CACHE_HOME to a folder that can be written to") from error
    # The specification has a relative path ignored.
    base = base if base.is_absolute() else Path.home() / ".cache"
    return base / "idp-harness" / f"tasker-{VERSION}"


def is_made(folder: Path) -> bool:
    """Whether a folder of the cache is there; one that this user may not look for isn't."""
    try:
        return folder.is_dir()
    except PermissionError:
        return False


def made_once(folder: Path, make: Callable[[Path], None], *, waiting: Callable[[], None] = lambda: None) -> Path:
    """`folder`, which `make` fills the first time: it is given an empty folder, which takes the name at the end.

    What ended before its end is thrown away by the next. Where another process is at it, `waiting` is called once and
    its end waited for. Raises `HarnessError` where nothing can be written, and whatever `make` raises.
    """
    try:
        with _alone(folder.with_name(f"{folder.name}.lock"), waiting):
            if not is_made(folder):
                _fill(folder, make)
    except OSError as error:
        raise HarnessError(
            f"the cache {folder.parent} can't be written to: {foreign(error)}; set XDG_CACHE_HOME to a folder with room"
        ) from error
    return folder


def _fill(folder: Path, make: Callable[[Path], None]) -> None:
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        make(part)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _alone(file: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """While no other process is in here; the kernel lets go of the lock of one that was killed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
