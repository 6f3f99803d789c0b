"""Runs one command and ends it when its own parent is gone.

    python -I -S guard.py [--scratch DIR] [--user NAME] [--signal TERM] [--grace SECONDS] [--orphan-signal KILL]
        -- COMMAND...

The guard is a process between the harness and a service. It holds the service's life to that of the harness, which may
be killed in a way that lets it clean up nothing (`kill -9`):

- Its standard input is a pipe from the harness. A line means: start the command. End of file means: end it. The kernel
  closes the pipe with the harness. A process forked from the harness may hold the pipe's other end, so a change of
  parent counts too.
- The command runs in a session of its own, so Ctrl-C in the terminal reaches neither it nor the guard. It gets SIGTERM
  (or `--signal`); when it ended, or the grace period is over, so does everything it started, and then SIGKILL: the
  guard is a child subreaper.
- If the guard itself is killed, the kernel sends the command SIGKILL or `--orphan-signal` (PR_SET_PDEATHSIG, prctl(2)).
  What the command has started by then is found by the mark in its environment (`mock_idp.ephemeral.own_processes`).
- The folder given with `--scratch` goes last, however far things came. The command works in it, the guard holds it
  (`mock_idp.ephemeral.own_folder`), and so does a command that is not to be killed as an orphan, until it ended itself.

It prints the command's process id, and when that is over how: `exit`, `signal N`, or `asked` where the guard itself got
a signal. It sends the command's output to standard error, and exits with the command's status
(128 + n for signal n, 127 when it could not be started). Standard library only, and what itself needs no more: it runs
as `-I -S` for a quick start.
"""

import argparse
import contextlib
import ctypes
import os
import pwd
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_idp.ephemeral.own_folder import OwnFolder

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# As in `mock_idp.ephemeral.own_processes`.
OWN_MARK, MARK = "IDP_HARNESS_GUARD", "IDP_HARNESS_GUARDED"
HANDLED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PARENT_CHECK_SECONDS = 1.0
LEFTOVER_SECONDS = 1.0  # For what the command left running to end when asked.
KILL_SECONDS = 5.0  # For the kernel to end what was killed.


def prctl(option: int, value: int) -> None:
    """Call prctl(2) where it exists."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def wake_up_on_signals() -> int:
    """A descriptor that becomes readable when a child ends or the guard is asked to stop."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in HANDLED:
        signal.signal(number, lambda *_: None)  # The wake-up descriptor carries the number.
    return read


def run_command(options: argparse.Namespace, guard: int, scratch: "OwnFolder | None") -> None:
    """Become the command; called in the forked child of the process `guard`, never returns."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (*HANDLED, signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores the last two.
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.dup2(2, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if mark := os.environ.pop(OWN_MARK, ""):
            os.environ[MARK] = mark
        if options.scratch:
            os.chdir(options.scratch)
        if scratch and options.orphan_signal != signal.SIGKILL:
            scratch.pass_on()
        if options.user:
            entry = pwd.getpwnam(options.user)
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
        prctl(PR_SET_PDEATHSIG, options.orphan_signal)  # After setuid, which clears it.
        if os.getppid() == guard:
            os.execvp(options.command[0], options.command)
    except (OSError, KeyError) as error:
        os.write(2, f"guard: could not start {options.command[0]}: {error}\n".encode())
    finally:
        os._exit(127)


class Guard:
    """The command and what ends it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.parent = os.getppid()
        self.wake = wake_up_on_signals()
        self.child = 0
        self.status: int | None = None
        self.asked = False
        self.scratch: OwnFolder | None = None

    def next_word(self) -> bytes | None:
        """What the harness wrote, b"" when the guard is to end, `None` when something else happened."""
        readable, _, _ = select.select([0, self.wake], [], [], PARENT_CHECK_SECONDS)
        if self.stop_requested() or os.getppid() != self.parent:
            return b""
        return os.read(0, 4096) if 0 in readable else None

    def told_to_start(self) -> bool:
        """Wait for the harness to say so; whether it did."""
        while (word := self.next_word()) is None:
            pass
        return word != b""

    def start(self) -> None:
        """Start the command and tell its process id."""
        if self.options.scratch:
            self.hold_scratch()
        guard = os.getpid()
        # A signal to the command must find neither the guard's handlers in it nor get lost.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        self.child = os.fork()
        if self.child == 0:
            run_command(self.options, guard, self.scratch)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with contextlib.suppress(BrokenPipeError):  # The harness is gone already; standard input says so too.
            os.write(1, f"{self.child}\n".encode())

    def hold_scratch(self) -> None:
        """Hold the folder until the guard ends."""
        from mock_idp.ephemeral.own_folder import OwnFolder

        self.scratch = OwnFolder.prove(Path(self.options.scratch))
        if self.scratch:
            self.scratch.hold()

    def remove_scratch(self) -> None:
        from mock_idp.ephemeral.own_folder import remove_own

        if self.scratch:
            self.scratch.remove()
        else:
            remove_own(Path(self.options.scratch))

    def wait_for_end(self) -> None:
        """Return when the command ended or the guard is to end it."""
        while self.status is None and self.next_word() != b"":
            self.reap()
        # Before the rest is cleaned up, and before the command gets to know of it.
        signalled = f"signal {-self.status}" if self.status is not None and self.status < 0 else "exit"
        with contextlib.suppress(BrokenPipeError):
            os.write(1, b"asked\n" if self.asked else f"{signalled}\n".encode())
        os.close(1)

    def stop_requested(self) -> bool:
        try:
            asked = any(number != signal.SIGCHLD for number in os.read(self.wake, 4096))
        except BlockingIOError:
            return False
        self.asked = self.asked or asked
        return asked

    def reap(self) -> bool:
        """Collect children that ended. Whether any is left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self.child:
                    self.status = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return False

    def end(self) -> None:
        """End the command, which may know how to end what it started; then what is left; then for certain."""
        if self.status is None:
            os.kill(self.child, self.options.signal)
        self.reap_until(lambda: self.status is not None, self.options.grace)
        if self.reap():
            self.signal_all(self.options.signal)
        self.reap_until(lambda: False, LEFTOVER_SECONDS)
        deadline = time.monotonic() + KILL_SECONDS
        while self.reap() and time.monotonic() < deadline:
            self.signal_all(signal.SIGKILL)
            self.reap_until(lambda: False, 0.05)

    def reap_until(self, done: Callable[[], bool], seconds: float) -> None:
        """Collect children until `done`, none is left, or the time is over."""
        deadline = time.monotonic() + seconds
        while self.reap() and not done() and (left := deadline - time.monotonic()) > 0:
            select.select([self.wake], [], [], left)
            self.stop_requested()  # Empties the descriptor.

    def signal_all(self, number: int) -> None:
        """Signal the command's group and those that left it, of which orphans became children of the guard."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child, number)
        for pid in self.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def children(self) -> list[int]:
        try:
            return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
        except OSError:  # Not Linux, or a kernel without it: the process group has to do.
            return []


def signal_number(name: str) -> int:
    """The number of a signal named without SIG."""
    return signal.Signals[f"SIG{name}"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scratch")
    parser.add_argument("--user")
    parser.add_argument("--signal", type=signal_number, default=signal.SIGTERM)
    parser.add_argument("--grace", type=float, default=5.0)
    parser.add_argument("--orphan-signal", type=signal_number, default=signal.SIGKILL)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    sys.path.append(str(Path(__file__).resolve().parents[2]))  # Where `mock_idp` is; -I leaves it out.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    guard = Guard(options)
    try:
        if not guard.told_to_start():
            return 0
        guard.start()
        guard.wait_for_end()
        guard.end()
    finally:
        if options.scratch:
            guard.remove_scratch()
    status = guard.status if guard.status is not None else -signal.SIGKILL
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
