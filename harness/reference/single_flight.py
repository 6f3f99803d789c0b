"""One piece of work at a time, shared by everybody who asks for it while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable


class SingleFlight:
    """Of many threads that want the same work done, one does it; the others wait for that one run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: threading.Event | None = None

    def run(self, work: Callable[[], None], may_start: Callable[[], bool]) -> None:
        """Joins the run under way, or starts one in this thread if `may_start()`; returns when it ended.

        `may_start` is asked under the lock, so that what the last run found is known to it. An exception of
        `work` reaches the thread that ran it; those who waited look at the state it left.
        """
        with self._lock:
            running = self._running
            if running is None:
                if not may_start():
                    return
                mine = self._running = threading.Event()
        if running is not None:
            running.wait()
            return
        try:
            work()
        finally:
            with self._lock:
                self._running = None
            mine.set()

    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._running is not None

    def wait(self) -> None:
        """Returns when no run is under way."""
        running = self._running
        if running is not None:
            running.wait()
