"""A command that runs under the guard: it ends when this process does, whatever becomes of this process."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.base.errors import TargetError
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import foreign
from mock_idp.ephemeral.keeping import keeping
from mock_idp.ephemeral.own_processes import GUARD as GUARD_VARIABLE
from mock_idp.ephemeral.own_processes import GUARDED, kill_marked

GUARD = Path(__file__).with_name("guard.py")
# What a program may need to start at all; everything else of this process's environment stays here.
_INHERITED = ("LD_LIBRARY_PATH", "TMPDIR", "TZ")
# Time for the guard to kill what did not end within the grace period, and to remove the folders.
_GUARD_SECONDS = 15.0
# Time for the guard to tell of a command that has ended.
_WORD_SECONDS = 1.0
# What no service sends itself.
_FROM_OUTSIDE = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """An environment that holds nothing of this process's configuration (no TASKER_*, no proxies), plus `extra`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **inherited, **extra}


@dataclass(frozen=True)
class Ending:
    """How a command is ended: by `signal` (a name without SIG), after `grace_seconds` by SIGKILL.

    `orphan_signal` is what the kernel sends it when its guard was killed.
    """

    signal: str = "TERM"
    grace_seconds: float = 5.0
    orphan_signal: str = "KILL"


def _nothing() -> None:
    pass


def _kept_mark() -> str:
    """The mark of a command that the keeper of this process knows of."""
    try:
        return keeping.add_command()
    except OSError as error:
        raise TargetError(str(foreign(error))) from error


class GuardedProcess:
    """A running command; its output goes to `log`.

    `scratch`, when given, is made for it, is the folder it runs in, and goes with it; `prepare` fills it before the
    command starts. `user` is the name of the user to run as (only root can). Raises `TargetError` when the guard does
    not start; a command that can't be executed shows as one that ended with status 127 and a line in the log.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: ServiceLog,
        scratch: ScratchFolder | None = None,
        prepare: Callable[[], object] = _nothing,
        user: str | None = None,
        ending: Ending = Ending(),
    ) -> None:
        guard = [sys.executable, "-I", "-S", str(GUARD), "--signal", ending.signal]
        guard += ["--grace", str(ending.grace_seconds), "--orphan-signal", ending.orphan_signal]
        if scratch:
            guard += ["--scratch", str(scratch.path)]
        if user:
            guard += ["--user", user]
        self._grace_seconds, self._scratch = ending.grace_seconds, scratch
        self._stopping = threading.Lock()
        self._last_words: list[bytes] = []
        # What has something to do yet when its guard is gone, ends by itself.
        self._mark = _kept_mark() if ending.orphan_signal == "KILL" else ""
        try:
            self._guard = subprocess.Popen(
                [*guard, "--", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log.descriptor,
                env={**environment, GUARD_VARIABLE: self._mark} if self._mark else dict(environment),
                start_new_session=True,
                bufsize=0,
            )
        except BaseException:
            keeping.let_go_of_command(self._mark)
            raise
        assert self._guard.stdin is not None
        assert self._guard.stdout is not None
        self._hold, self._report = self._guard.stdin, self._guard.stdout
        try:
            if scratch:
                scratch.make()
            prepare()
            self.pid = self._start(log)
        except BaseException:
            self.stop()
            raise

    def _start(self, log: ServiceLog) -> int:
        """Let the guard start the command; its process id."""
        with contextlib.suppress(BrokenPipeError):
            self._hold.write(b"start\n")
        line = self._report.readline()
        if not line:
            self._guard.wait()
            raise TargetError(f"the guard process did not start ({sys.executable} {GUARD})", log.tail())
        return int(line)

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for the command to end. Whether it did."""
        if self._report.closed:
            return True
        poll = select.poll()
        poll.register(self._report, select.POLLIN)  # Readable at its end: nothing is written but the process id.
        return bool(poll.poll(seconds * 1000))

    def alive(self) -> bool:
        return not self.wait(0)

    def exit_status(self) -> int | None:
        """The status of a command that ended (128 + n for signal n), once all is cleaned up, else `None`."""
        return self._guard.wait() if self.wait(0) else None

    def ended_by_others(self) -> str | None:
        """By what, if somebody else than the command and this process has ended it; `None` also while it runs."""
        if self._report.closed or not self.wait(_WORD_SECONDS if self._has_gone() else 0):
            return None
        self._last_words = self._last_words or self._report.read().split() or [b"killed"]
        what = self._last_words[0]
        if what == b"signal" and (number := int(self._last_words[1])) in _FROM_OUTSIDE:
            return f"it was ended by {signal.Signals(number).name}"
        return {b"asked": "its guard was told to end it", b"killed": "its guard was killed"}.get(what)

    def _has_gone(self) -> bool:
        """Whether the command has ended, as the kernel knows before its guard."""
        try:
            return psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    def processes(self) -> list[psutil.Process]:
        """The command's process and those it started, as far as they live."""
        if not self.alive():
            return []
        try:
            # The guard's: what outlives the process that started it becomes a child of the guard.
            return psutil.Process(self._guard.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def rss_bytes(self) -> int | None:
        """Resident memory of the command and what it started, in bytes; `None` when it ended."""
        total = 0
        for process in self.processes():
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total or None

    def peak_rss_bytes(self) -> int | None:
        """The most memory that each of them ever had resident, added up, in bytes; `None` when it ended.

        The kernel keeps that number (VmHWM, proc(5)): what was freed again meanwhile is in it.
        """
        total = 0
        for process in self.processes():
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
                found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
                total += int(found[1]) * 1024 if found else 0
        return total or self.rss_bytes()

    def stop(self) -> None:
        """End the command and all it started; returns when that is done. May be called again."""
        with self._stopping:
            self._hold.close()
            try:
                self._guard.wait(self._grace_seconds + _GUARD_SECONDS)
            except subprocess.TimeoutExpired:
                self._guard.kill()  # The kernel then kills the command: PR_SET_PDEATHSIG.
                self._guard.wait()
            self._report.close()
            if self._scratch and not self._mark and self._guard.returncode < 0:
                self._scratch.wait_until_let_go(self._grace_seconds)  # The command still ends what it has begun there.
            if self._mark:
                if self._guard.returncode < 0:  # Nobody was there to end what its command has started.
                    kill_marked(GUARDED, self._mark)
                keeping.let_go_of_command(self._mark)
                self._mark = ""
            if self._scratch:
                self._scratch.remove()  # Lets go of the lock, too.
