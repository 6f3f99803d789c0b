"""Where requests are held up, and how they are let go."""

from __future__ import annotations

from threading import Condition
from typing import Literal

Outcome = Literal["elapsed", "released", "cancelled"]


class Latch:
    """Holds requests of one issuer for a bounded time; nothing here sleeps, so everything can be let go at once."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._releases = 0
        self._cancels = 0
        self._closed = False

    def wait(self, seconds: float) -> Outcome:
        """Hold the calling thread for up to `seconds`.

        Returns "elapsed", "released" (go on with the answer) or "cancelled" (give up, send nothing more).
        """
        with self._changed:
            releases, cancels = self._releases, self._cancels
            self._changed.wait_for(
                lambda: self._closed or self._releases != releases or self._cancels != cancels, timeout=seconds
            )
            if self._closed or self._cancels != cancels:
                return "cancelled"
            return "released" if self._releases != releases else "elapsed"

    def release(self) -> None:
        """Let everything that waits now go on with its answer."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()

    def cancel(self) -> None:
        """Make everything that waits now give up."""
        with self._changed:
            self._cancels += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Cancel, now and for good: nothing waits here any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
