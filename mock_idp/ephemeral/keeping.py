"""What is to go with this process, also when the process is killed: folders and the commands of guards.

One keeper (`mock_idp.ephemeral.keeper`), a process of its own, waits for the end of this one.
"""

from __future__ import annotations

import os
import secrets
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from mock_idp.ephemeral.own_folder import OwnFolder

_KEEPER = Path(__file__).with_name("keeper.py")
_END_SECONDS = 10.0
_ATTEMPTS = 3


class Keeping:
    """The keeper of this process; it runs as long as there is something to keep."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folders: set[OwnFolder] = set()
        self._commands: set[str] = set()
        self._mark = ""
        self._pipes: tuple[IO[bytes], IO[bytes]] | None = None

    def forget(self) -> None:
        """In a process that was forked: nothing is its own, and it must not look as if it held its parent's folders."""
        self._lock = threading.Lock()
        for folder in self._folders:
            folder.close()
        self._folders, self._commands = set(), set()
        self._close()

    def make_folder(self, path: Path) -> OwnFolder:
        """Make a folder that is kept from before its first moment. Raises OSError."""
        with self._lock:
            try:
                self._tell(path)
                own = OwnFolder.make(path)
                self._folders.add(own)
            finally:
                self._end_if_idle()
        return own

    def remove_folder(self, folder: OwnFolder) -> None:
        """Remove a folder that `make_folder` made; returns when that is done."""
        folder.remove()
        folder.close()
        with self._lock:
            self._folders.discard(folder)
            self._end_if_idle()

    def add_command(self) -> str:
        """Keep a command from now on; returns the mark for its environment. Raises OSError."""
        with self._lock:
            self._tell()
            mark = f"{self._mark}-{secrets.token_hex(4)}"
            self._commands.add(mark)
        return mark

    def let_go_of_command(self, mark: str) -> None:
        """It has ended, with all that it started. May be called again."""
        with self._lock:
            self._commands.discard(mark)
            self._end_if_idle()

    def _tell(self, *paths: Path) -> None:
        """Tell the keeper, started if need be, of folders that are going to be made."""
        if self._pipes is not None:
            try:
                _write(self._pipes[0], paths)
                return
            except BrokenPipeError:  # Somebody has killed it.
                self._close()
        self._mark = self._mark or secrets.token_hex(16)
        self._pipes = self._start()
        self._pipes[0].write(self._mark.encode() + b"\0")
        _write(self._pipes[0], (*(folder.path for folder in self._folders), *paths))

    def _start(self) -> tuple[IO[bytes], IO[bytes]]:
        for _ in range(_ATTEMPTS):  # It may be killed before it is ready.
            process = _popen()
            assert process.stdin is not None
            assert process.stdout is not None
            ready = process.stdout.readline()
            process.wait()  # What goes on is no child of this process.
            if ready:
                return process.stdin, process.stdout
            process.stdin.close()
            process.stdout.close()
        raise OSError(f"the keeper of what is temporary does not start ({sys.executable} {_KEEPER})")

    def _end_if_idle(self) -> None:
        """Let the keeper go when there is nothing to keep, and wait until it is gone."""
        if self._folders or self._commands or self._pipes is None:
            return
        hold, report = self._pipes
        hold.close()
        with selectors.PollSelector() as selector:  # `select` knows only the first 1024 descriptors.
            selector.register(report, selectors.EVENT_READ)
            selector.select(_END_SECONDS)
        self._close()

    def _close(self) -> None:
        for pipe in self._pipes or ():
            with suppress(OSError):
                pipe.close()
        self._pipes = None


def _popen() -> subprocess.Popen[bytes]:
    """Start the keeper, whom no signal ends but SIGKILL: what a process has blocked, a program of its has, too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        # In a session of its own, or the Ctrl-C that ends this process would reach it.
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_KEEPER), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            bufsize=0,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write(pipe: IO[bytes], paths: Iterable[Path]) -> None:
    pipe.write(b"".join(os.fsencode(path) + b"\0" for path in paths))


keeping = Keeping()
if os.name == "posix":
    os.register_at_fork(after_in_child=keeping.forget)
