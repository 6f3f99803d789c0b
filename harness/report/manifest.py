"""What a run has made in its report folder: `manifest.jsonl`, one JSON object a line, written before what it names.

    {"idp-harness": "0.3.0", "started": "2026-01-02T03:04:05+00:00", "target": "reference", "cells": 17}
    {"folder": "scripts"}
    {"file": "scripts/time-expiry-time-exp-past-okta.sh", "sha256": "..."}
    {"ended": "complete", "cells": 17}

The first line has `left_out`, too, where cells were: those that differ from one of the run in the vendor's style alone;
and `profile`, where what the service declares is a file of the user's.
The file is locked (flock(2)) as long as its run goes on; the kernel drops the lock with the process. Without the last
line the run was ended from outside.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError, UsageError
from mock_idp.tools.input_file import InputFileError, opened

if sys.platform != "win32":
    import fcntl

NAME = "manifest.jsonl"
HEAD = "idp-harness"
COMPLETE, INTERRUPTED, BROKEN = "complete", "interrupted", "broken off"
_MOST_BYTES = 16 * 1024 * 1024
_HELD = (errno.EWOULDBLOCK, errno.EACCES)


class Manifest:
    """The manifest of a folder, locked for this process; `earlier` are the lines of the run before.

    Raises `UsageError` where another run holds it or something else has its name, `HarnessError` where it can't be
    written for want of room.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self._descriptor, self._is_new = _open(self.file)
        try:
            if is_held(self._descriptor):
                raise UsageError(
                    f"another run writes to {folder} at the moment: wait for its end or choose another folder"
                )
            self.earlier = _lines(self._descriptor, self.file)
        except BaseException:
            self.give_back()
            raise

    def begin(self, **about: Any) -> None:
        """Forget the run before and write the first line of this one. Raises `HarnessError`."""
        try:
            os.ftruncate(self._descriptor, 0)
        except OSError as error:
            raise HarnessError(f"{self.file} can't be written: {error.strerror}") from error
        self._is_new = False
        self.add(**about)

    def add(self, **line: Any) -> None:
        """Write a line. Raises `HarnessError`, and leaves no half of one."""
        end = os.lseek(self._descriptor, 0, os.SEEK_END)
        try:
            write_whole(
                self._descriptor, (json.dumps(line, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
            )
        except OSError as error:
            os.ftruncate(self._descriptor, end)
            raise HarnessError(f"{self.file} can't be written: {error.strerror}") from error

    def close(self) -> None:
        """Let the next run have the folder. May be called again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def give_back(self) -> None:
        """Close it as if nobody had asked: a manifest that was made just now, and has nothing in it, goes."""
        if self._is_new and self._descriptor >= 0 and os.fstat(self._descriptor).st_size == 0:
            self.file.unlink(missing_ok=True)
        self.close()


def how_it_went(folder: Path, cells: int) -> str:
    """Why the record in the folder is not that of a whole run, in a sentence; empty when it is, or nobody says.

    In: how many `cells` the record has. Raises nothing: a manifest that can't be read says nothing.
    """
    lines, going_on = _known_lines(folder)
    if not lines or not isinstance(planned := lines[0].get("cells"), int):
        return ""
    so_far = f"{cells} of {planned} cells are recorded"
    if going_on:
        return f"the run goes on: {so_far}"
    how = next((line["ended"] for line in reversed(lines) if "ended" in line), None)
    if how is None:
        return f"the run was ended from outside: {so_far}"
    return "" if how == COMPLETE and cells >= planned else f"the run was {how}: {so_far}"


def release_of(folder: Path) -> str:
    """The release of idp-harness that has judged what is in the folder; empty where its manifest doesn't say."""
    lines, _ = _known_lines(folder)
    said = lines[0].get(HEAD) if lines else None
    return said if isinstance(said, str) else ""


def begun(folder: Path) -> tuple[str, str]:
    """When the run in the folder began, as its manifest has it, and by which release; empty where nobody says."""
    lines, _ = _known_lines(folder)
    started = lines[0].get("started") if lines else None
    return started if isinstance(started, str) else "", release_of(folder)


def left_out_of(folder: Path) -> int:
    """How many cells the run in the folder has left out because of their vendor's style; 0 where nobody says."""
    lines, _ = _known_lines(folder)
    number = lines[0].get("left_out") if lines else 0
    return number if isinstance(number, int) and number > 0 else 0


def profile_of(folder: Path) -> str:
    """The user's profile that the run in the folder was judged against; empty where it had none, or nobody says."""
    lines, _ = _known_lines(folder)
    said = lines[0].get("profile") if lines else None
    return said if isinstance(said, str) else ""


def _known_lines(folder: Path) -> tuple[list[dict[str, Any]], bool]:
    """The lines of a manifest, and whether its run goes on; none where it isn't one."""
    try:
        with opened(folder / NAME) as stream:
            going_on = is_held(stream.fileno())
            lines = list(_parsed(stream.read(_MOST_BYTES)))
    except InputFileError:
        return [], False
    return (lines, going_on) if lines and HEAD in lines[0] else ([], False)


def write_whole(descriptor: int, data: bytes) -> None:
    """Write all of it, as `os.write` may take a part only. Raises `OSError`."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _open(file: Path) -> tuple[int, bool]:
    """A descriptor of the file, and whether it is new. Neither follows a link nor waits for the other end of a FIFO."""
    is_new = not os.path.lexists(file)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags, 0o666)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = f"{file} can't be written: {error.strerror}"
        raise HarnessError(what) if full else UsageError(f"{what}; choose another folder") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{file} is no regular file; choose another folder")
    return descriptor, is_new


def is_held(descriptor: int) -> bool:
    """Whether another process holds the file; if not, this one does from now on. A file system may have no locks."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in _HELD
    return False


def _lines(descriptor: int, file: Path) -> list[dict[str, Any]]:
    """The lines of the run before, without one that was cut off. Raises `UsageError` where they are no manifest."""
    if os.fstat(descriptor).st_size > _MOST_BYTES:
        raise UsageError(f"{file} is no manifest of a run, it is too large; choose another folder")
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        lines = list(_parsed(stream.read()))
    if os.fstat(descriptor).st_size and (not lines or HEAD not in lines[0]):
        raise UsageError(f"{file} is no manifest of a run; move it away or choose another folder")
    return lines


def _parsed(text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.split(b"\n"):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, dict):
            return
        yield value
