"""Temporary folders that outlive neither the process that made them nor the service that uses them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from harness.base.errors import TargetError
from harness.shown.foreign_text import foreign
from mock_idp.ephemeral.own_processes import quit_orphans
from mock_idp.ephemeral.passing_folder import PassingFolder

PREFIX = "idp-harness-"
_PAUSE_SECONDS = 0.5


class ScratchFolder:
    """The path of a folder that nobody has yet, in `base` (by default that for temporary files, TMPDIR).

    Readable by its owner only once it is made, unless `mode` says otherwise. Raises `TargetError` when there is no
    folder for temporary files.
    """

    def __init__(self, base: Path | None = None, mode: int = 0o700) -> None:
        try:
            self._folder = PassingFolder(PREFIX, base, mode)
        except OSError as error:
            raise TargetError(
                f"there is no folder for temporary files: {foreign(error)}; set TMPDIR to one that can be written to"
            ) from error
        self.path = self._folder.path

    def make(self) -> None:
        """Make the folder. Raises `TargetError` when that can't be done."""
        try:
            self._folder.make()
        except OSError as error:
            raise TargetError(
                f"no temporary folder can be made: {foreign(error)}; set TMPDIR to one with room"
            ) from error

    def write_secret(self, name: str, content: str | bytes) -> Path:
        """Write a file that only its owner can read, from its first moment on."""
        path = self.path / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def wait_until_let_go(self, seconds: float) -> None:
        """Return when no other process holds it, or the time is over; commands without their guard are told to end."""
        deadline, pause = time.monotonic() + seconds, threading.Event()
        while self._folder.held_by_others() and time.monotonic() < deadline:
            pause.wait(_PAUSE_SECONDS)
            quit_orphans(self.path)

    def remove(self) -> None:
        """Remove the folder with all that is in it. May be called again, or when it was never made."""
        self._folder.remove()
