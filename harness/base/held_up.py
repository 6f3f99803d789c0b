"""Whether the machine kept a cell waiting for a processor: then what came out of it says nothing of the service.

On Linux the kernel tells for each thread how long it was ready to run and had no processor: the second number of
/proc/PID/task/TID/schedstat, in nanoseconds (Documentation/scheduler/sched-stats.rst). Elsewhere only the harness's own
delays are seen: waits that ended late, and tokens that took long to mint.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mock_idp.tools import clocks

# So much is usual on a busy machine, and no case is that close: its waits and validities are of whole seconds.
ALLOWED_SECONDS = 1.0
# Clocks are slewed all the time; what sets one sets it by more.
_CLOCK_SECONDS = 1.0
# Of a long case a part may be lost here and there: tools that poll wait often, and each time a little.
ALLOWED_PART = 0.15
_BEAT_SECONDS = 0.05
# A single delay below this is none that a case could notice.
_NOTICED_SECONDS = 0.1
_PROC = Path("/proc")

Threads = Mapping[str, float]


class OwnDelays(threading.local):
    """How late this thread's own work was, in seconds, since it began; each thread sees its own."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count a delay that a case could notice."""
        if seconds > _NOTICED_SECONDS:
            self.seconds += seconds

    @contextmanager
    def beyond(self, seconds: float) -> Iterator[None]:
        """Count what the block takes longer than `seconds`."""
        started = clocks.steady()
        try:
            yield
        finally:
            self.add(clocks.steady() - started - seconds)


OWN_DELAYS = OwnDelays()


class Pulse:
    """A thread that wants to run twenty times a second and counts how late it was: threads of this process wait alike,
    for a processor or for the interpreter's lock, whose holder has no processor.

    It begins with the first question and ends with `stop`.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._stopped = threading.Event()
        self._begin = threading.Lock()
        self._thread: threading.Thread | None = None

    def seconds(self) -> float:
        """How late it was until now, in seconds; delays that nobody would notice don't count."""
        with self._begin:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
                self._thread.start()
        return self._seconds

    def _beat(self) -> None:
        expected = clocks.steady() + _BEAT_SECONDS
        while not self._stopped.wait(expected - clocks.steady()):
            late = clocks.steady() - expected
            if late > _NOTICED_SECONDS:
                self._seconds += late
            expected = clocks.steady() + _BEAT_SECONDS

    def stop(self) -> None:
        """End the thread. May be called again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()


class HeldUp:
    """Begins with a cell, in the thread that runs it; `pid` is the service's process, if it is known and runs.

    `wall` is the clock that says what is valid, in seconds.
    """

    def __init__(self, pulse: Pulse, pid: int | None, wall: Callable[[], float] = clocks.wall) -> None:
        self._started = clocks.steady()
        self._wall, self._offset = wall, _offset(wall)
        self._pulse, self._pulse_seconds = pulse, pulse.seconds()
        self._own = OWN_DELAYS.seconds
        self._own_wait = _wait_of_this_thread()
        self._service = waits_of(pid)

    def reason(self, pid: int | None) -> str:
        """Who was held up for too long since then, in words; "" when nobody was. `pid` is the service's process now.

        So is a case whose clock was set: its tokens begin and end at other times than it meant.
        """
        took = clocks.steady() - self._started
        set_by = _offset(self._wall) - self._offset
        if abs(set_by) > _CLOCK_SECONDS:
            return (
                f"the clock of this machine was set by {set_by:+.1f} s in the {took:.1f} s of this case: run it again"
            )
        allowed = ALLOWED_SECONDS + ALLOWED_PART * took
        harness = max(
            OWN_DELAYS.seconds - self._own,
            _wait_of_this_thread() - self._own_wait,
            self._pulse.seconds() - self._pulse_seconds,
        )
        # A thread that wasn't there before has waited for all of that during the case.
        service = max((wait - self._service.get(one, 0.0) for one, wait in waits_of(pid).items()), default=0.0)
        seconds, who = max((harness, "the harness"), (service, "the service"))
        if seconds <= allowed:
            return ""
        return (
            f"{who} had to wait {seconds:.1f} s for a processor in the {took:.1f} s of this case, and {allowed:.1f} s "
            "is what it can bear: run it on a quieter machine, or with a smaller -n"
        )


def _offset(wall: Callable[[], float]) -> float:
    """How far a clock is ahead of the one that nobody can set, in seconds."""
    for _ in range(3):
        before = clocks.steady()
        offset = wall() - before
        if clocks.steady() - before < _NOTICED_SECONDS:
            break  # This thread had the processor between the two looks.
    return offset


def waits_of(pid: int | None) -> Threads:
    """How long each thread of a process and of its children has waited for a processor, in seconds; {} when unknown."""
    waits: dict[str, float] = {}
    pending = [] if pid is None else [str(pid)]
    while pending:
        try:
            for thread in (_PROC / pending.pop() / "task").iterdir():
                waits[thread.name] = _seconds(thread / "schedstat")
                pending += (thread / "children").read_text().split()
        except (OSError, ValueError, IndexError):
            continue  # It ended meanwhile, or this kernel doesn't tell.
    return waits


def _wait_of_this_thread() -> float:
    try:
        return _seconds(_PROC / "thread-self" / "schedstat")
    except (OSError, ValueError, IndexError):
        return 0.0


def _seconds(schedstat: Path) -> float:
    return int(schedstat.read_text().split()[1]) / 1e9
