"""The signals by which a process is asked to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def stop_signals() -> list[signal.Signals]:
    """SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal is gone), without those that are ignored, as by nohup."""
    names = ("SIGTERM", "SIGINT", "SIGHUP")
    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def on_stop_signal(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Let `stop_signals` call `stop` on the loop. To be used in the main thread.

    A handler of asyncio's own hears of a signal by a byte in a pipe, which finds no room while a crowd of threads
    tells the loop of its results through the same pipe; then the signal is lost.
    """

    def handle(signum: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    for signum in stop_signals():
        signal.signal(signum, handle)
