"""A temporary folder that goes with this process, also when the process is killed."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# `read` ends when the other end of its pipe is closed, which the kernel does for a process that was killed, too.
_REMOVE_AT_THE_END = 'read -r _; exec rm -rf -- "$0"'
_DEADLINE_SECONDS = 10.0


@contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """A new folder that only this user can enter, there for the length of the block.

    A shell of its own waits for the end of this process, so that `kill -9` leaves no folder behind either. Without a
    POSIX shell the folder is removed at the end of the block only. Raises OSError when it can't be made.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        if os.name != "posix":
            yield Path(name)
            return
        # In a session of its own, or the Ctrl-C that ends this process would end the shell first.
        command = ["/bin/sh", "-c", _REMOVE_AT_THE_END, name]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        ) as remover:
            try:
                yield Path(name)
            finally:
                assert remover.stdin is not None
                remover.stdin.close()
                remover.wait(_DEADLINE_SECONDS)
