"""Temporary folders that outlive neither the process that made them nor the service that uses them.

A folder is made when a guard waits for it already (`harness.targets.guarded`), so that kill -9 leaves none. Both hold
it (`harness.own_folder`). Whoever makes a folder first removes those that are proved to be ours and that nobody holds:
what is left when guards are killed too, as by a machine that ends every process.
"""

from __future__ import annotations

import functools
import os
import secrets
import tempfile
from pathlib import Path

from harness.foreign_text import foreign
from harness.own_folder import OwnFolder, remove_unheld
from harness.targets.base import TargetError

PREFIX = "idp-harness-"


class ScratchFolder:
    """The path of a folder that nobody has yet, in `base` (by default that for temporary files, TMPDIR).

    Readable by its owner only once it is made, unless `mode` says otherwise.
    """

    def __init__(self, base: Path | None = None, mode: int = 0o700) -> None:
        try:
            self.path = (base or Path(tempfile.gettempdir())) / f"{PREFIX}{secrets.token_hex(8)}"
        except OSError as error:
            raise TargetError(f"there is no folder for temporary files: {foreign(error)}") from error
        self._mode = mode
        self._made: OwnFolder | None = None

    def make(self) -> None:
        """Make the folder. Raises `TargetError` when that can't be done."""
        try:
            remove_stale(self.path.parent)
            self._made = OwnFolder.make(self.path)
            self.path.chmod(self._mode)
        except OSError as error:
            raise TargetError(
                f"no temporary folder can be made: {foreign(error)}; set TMPDIR to one with room"
            ) from error

    def write_secret(self, name: str, text: str) -> Path:
        """Write a file that only its owner can read, from its first moment on."""
        path = self.path / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
        return path

    def remove(self) -> None:
        """Remove the folder with all that is in it. May be called again, or when it was never made."""
        if self._made:
            self._made.remove()
            self._made.close()
            self._made = None


@functools.cache  # Once a process: what is left behind comes from runs before it.
def remove_stale(base: Path) -> None:
    """Remove the scratch folders in `base` that are proved to be ours and that no process holds."""
    remove_unheld(base, PREFIX)
