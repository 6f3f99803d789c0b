"""SIGTERM and Ctrl-C for a server on an event loop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def on_stop_signal(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Let SIGTERM and Ctrl-C call `stop` on the loop. To be used in the main thread.

    A handler of asyncio's own hears of a signal by a byte in a pipe, which finds no room while a crowd of threads
    tells the loop of its results through the same pipe; then the signal is lost.
    """

    def handle(signum: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, handle)
