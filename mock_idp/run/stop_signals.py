"""The signals by which a process is asked to end."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType


def stop_signals() -> list[signal.Signals]:
    """SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal is gone), without those that are ignored, as by nohup."""
    names = ("SIGTERM", "SIGINT", "SIGHUP")
    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def leave_on_stop_signals() -> None:
    """Let SIGTERM and SIGHUP leave the blocks that this process is in, as Ctrl-C does, instead of ending it at once.

    Temporary folders are removed so, also where what else would do it is gone. Does nothing outside the main thread.
    """

    def leave(signum: int, frame: FrameType | None) -> None:
        sys.exit(128 + signum)

    if threading.current_thread() is threading.main_thread():
        for signum in stop_signals():
            if signum != signal.SIGINT:
                signal.signal(signum, leave)


def on_stop_signal(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Let `stop_signals` call `stop` on the loop. To be used in the main thread.

    A handler of asyncio's own hears of a signal by a byte in a pipe, which finds no room while a crowd of threads
    tells the loop of its results through the same pipe; then the signal is lost.
    """

    def handle(signum: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    for signum in stop_signals():
        signal.signal(signum, handle)
