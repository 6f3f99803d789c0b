"""A command that is to be killed, in a folder and, if asked for, at a terminal of its own."""

from __future__ import annotations

import os
import pwd
import select
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.kills.subjects import Subject

END_SECONDS = 240.0  # For a command to end that was not killed itself: one of its processes was.
_STAYING_SECONDS = 1.0


@contextmanager
def folder_of(user: str) -> Iterator[Path]:
    """A folder to work in, with one for temporary files, `tmp`; `user` is whose it is, "" for this process's own."""
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    temporary = folder / "tmp"
    temporary.mkdir()
    for path in (folder, temporary):
        path.chmod(0o755)  # Root's PostgreSQL runs as another user, who has to get through here.
        if user:
            shutil.chown(path, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Command:
    """The command as a running process."""

    def __init__(self, subject: Subject, folder: Path, *, user: str = "", terminal: bool = False) -> None:
        self._folder, self._user = folder, user
        self._output = (folder / "output.txt").open("wb")
        self._terminal: _Terminal | None = None
        if terminal:
            self._terminal = _Terminal(self._output.fileno())
            # setsid becomes the leader of a session with that terminal, and then the command.
            self._process = self._start(["setsid", "--ctty", *subject.line()], self._terminal.inside)
            self._terminal.begin()
        else:
            self._process = self._start(subject.line(), self._output.fileno())
        self.pid = self._process.pid

    def _start(self, line: list[str], stream: int) -> subprocess.Popen[bytes]:
        environ = {name: text for name, text in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH")}
        environ |= {"TMPDIR": str(self._folder / "tmp"), "HOME": str(self._folder), "LANG": "C.UTF-8", "TERM": "xterm"}
        return subprocess.Popen(
            line,
            cwd=self._folder,
            env=environ,
            stdin=stream if self._terminal else subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=self._terminal is None,
            user=self._user or None,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
        )

    def poll(self) -> int | None:
        """Its exit status, `None` while it runs."""
        return self._process.poll()

    def is_reached_by_keys(self) -> bool:
        """Whether the command is at its terminal by now: before, what is typed there reaches nobody."""
        return self._terminal is not None and self._terminal.has_foreground()

    def press_ctrl_c(self) -> None:
        """Type it at the terminal."""
        assert self._terminal is not None
        self._terminal.type(b"\x03")

    def hang_up(self) -> None:
        """Close the terminal."""
        assert self._terminal is not None
        self._terminal.close()

    def wait(self, stays: bool) -> int | None:
        """Its exit status; what `stays`, as nobody has told it to end, is ended now. `None` when it doesn't end."""
        with suppress(subprocess.TimeoutExpired):
            if stays:
                with suppress(subprocess.TimeoutExpired):
                    return self._process.wait(_STAYING_SECONDS)
                self._process.terminate()
            return self._process.wait(END_SECONDS)
        return None

    def run(self, line: list[str]) -> None:
        """Run another command in the same folder, and wait for it."""
        self._start(line, self._output.fileno()).wait(END_SECONDS)

    def output(self) -> str:
        """What it has printed."""
        return (self._folder / "output.txt").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Kill it if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._terminal is not None:
            self._terminal.close()
        self._output.close()


class _Terminal:
    """A pseudoterminal whose output goes to the file with this descriptor; `inside` is the end of the command."""

    def __init__(self, output: int) -> None:
        self._outside, self.inside = os.openpty()
        self._output = output
        self._told, self._tell = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._closed = False

    def begin(self) -> None:
        """The command has its end by now."""
        os.close(self.inside)
        self._reader.start()

    def has_foreground(self) -> bool:
        with suppress(OSError):
            return os.tcgetpgrp(self._outside) > 0
        return False

    def type(self, text: bytes) -> None:
        os.write(self._outside, text)

    def _read(self) -> None:
        with suppress(OSError):  # What a terminal says when nobody has the other end any more.
            while self._told not in select.select([self._outside, self._told], [], [])[0]:
                os.write(self._output, os.read(self._outside, 65536))

    def close(self) -> None:
        """Hang up. May be called again."""
        if self._closed:
            return
        self._closed = True
        os.write(self._tell, b"\n")
        self._reader.join()
        for descriptor in (self._outside, self._told, self._tell):
            os.close(descriptor)
