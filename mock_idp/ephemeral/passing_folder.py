"""Temporary folders that go with this process, also when the process is killed.

Its keeper removes what is left (`mock_idp.ephemeral.keeping`). When that is killed as well, the next process that makes
such a folder removes what is proved to be ours and held by nobody.
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mock_idp.ephemeral.keeping import keeping
from mock_idp.ephemeral.own_folder import OwnFolder, remove_unheld


class PassingFolder:
    """The path of a folder that nobody has yet, in `base` (by default that for temporary files, TMPDIR).

    Its name begins with `prefix`. Readable by its owner only once it is made, unless `mode` says otherwise. Raises
    OSError when there is no folder for temporary files.
    """

    def __init__(self, prefix: str, base: Path | None = None, mode: int = 0o700) -> None:
        self.path = (base or Path(tempfile.gettempdir())) / f"{prefix}{secrets.token_hex(8)}"
        self._prefix, self._mode = prefix, mode
        self._made = False
        self._own: OwnFolder | None = None
        self._lock = threading.Lock()

    def make(self) -> None:
        """Make the folder. Raises OSError when that can't be done."""
        if os.name == "posix":
            remove_stale(self.path.parent, self._prefix)
            self._own = keeping.make_folder(self.path)
        else:  # There it goes in `remove` only.
            self.path.mkdir(0o700)
        self._made = True
        self.path.chmod(self._mode)

    def held_by_others(self) -> bool:
        """Whether another process uses it."""
        return self._own is not None and self._own.held_by_others()

    def remove(self) -> None:
        """Remove the folder with all that is in it. May be called again, by several at once, or when it was never made.

        Whoever comes second returns at once.
        """
        with self._lock:  # Closed twice, its descriptors would be somebody else's the second time.
            made, self._made = self._made, False
            own, self._own = self._own, None
        if own is not None:
            keeping.remove_folder(own)
        elif made:
            shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """A new folder that only this user can enter, there for the length of the block. Raises OSError."""
    folder = PassingFolder(prefix)
    folder.make()
    try:
        yield folder.path
    finally:
        folder.remove()


@functools.cache  # Once a process: what is left behind comes from those before it.
def remove_stale(base: Path, prefix: str) -> None:
    """Remove the folders of that kind in `base` that are proved to be ours and that no process holds."""
    remove_unheld(base, prefix)
