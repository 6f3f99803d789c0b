"""The file that says that a server is ready, and for as long as it runs that it is this server's.

The server keeps it open and locked (flock(2)), and the kernel drops the lock with the server. So a number in it that
belongs to another process by now deceives nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from mock_idp.tools.input_file import InputFileError, parse_json, read_text
from mock_idp.tools.output_file import OutputFileError, check_output

if sys.platform != "win32":
    import fcntl


class ReadyFile:
    """The file at `path`, which is not there before `write`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: IO[str] | None = None

    def write(self, document: Mapping[str, object]) -> None:
        """Write it as JSON, in place of what is there; whoever waits for it finds all of it. Raises OSError."""
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        file = draft.open("x", encoding="utf-8")
        try:
            if sys.platform != "win32":
                with contextlib.suppress(OSError):  # A file system without locks.
                    fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(document) + "\n")
            file.flush()
            if sys.platform == "win32":
                file.close()  # An open file can't be renamed there.
            draft.replace(self._path)
        except BaseException:
            file.close()
            draft.unlink(missing_ok=True)
            raise
        self._written = file

    def remove(self) -> None:
        """Remove it, unless another server has written its own there meanwhile. May be called again."""
        if self._written is None:
            return
        with contextlib.suppress(OSError):
            if self._written.closed or os.path.samestat(os.fstat(self._written.fileno()), self._path.lstat()):
                self._path.unlink()
        self._written.close()
        self._written = None


def read_ready_file(path: Path) -> dict[str, Any]:
    """What a server has written: `url`, `port`, `pid` and others. Empty when there is no such file."""
    try:
        about = parse_json(read_text(path))
    except InputFileError:
        return {}
    types = {"url": str, "port": int, "pid": int}
    good = isinstance(about, dict) and all(isinstance(about.get(name), type_) for name, type_ in types.items())
    return about if good else {}


def refusal(path: Path) -> str:
    """Why a server must not write its ready file there, in a sentence: what is there is no such file, or a running
    server's. Empty where it may.
    """
    try:
        check_output(path, lambda _: bool(read_ready_file(path)))
    except OutputFileError as error:
        return f"{error}."
    about = read_ready_file(path)
    if about and sys.platform != "win32" and not is_left_behind(path) and _runs(about["pid"]):
        return f"{path} is that of the server at {about['url']}, which runs: choose another name."
    return ""


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def is_left_behind(path: Path) -> bool:
    """Whether the server that wrote the file has ended; false also where nobody can know."""
    if sys.platform == "win32":
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
