"""Threads that do for an event loop what may take its time or wait."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")

# More threads than can sign at once only fight for the interpreter.
_USUAL_THREADS = (os.cpu_count() or 1) + 1
_PATIENCE_SECONDS = 0.02
# Starting a thread takes its time as well, and the loop has other things to do.
_STARTED_AT_ONCE = 64
_IDLE_SECONDS = 10.0


class Workers:
    """A few threads for one event loop, and up to `most` when those there are do nothing but wait.

    An executor of the standard library starts a thread for each thing that comes while others are busy, which makes
    tokens a fifth slower. Here another one is started only when nothing was finished for a moment, and those that are
    more than usual end when nothing waits any more. All counting is done on the loop, so nothing has to be locked.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # Those that take jobs, and besides the objects of those that may be on their way out.
        self._running = 0
        self._threads: list[Thread] = []
        self._unfinished = 0
        self._finished = 0
        self._watch: asyncio.TimerHandle | None = None
        self._shrink: asyncio.TimerHandle | None = None

    def run(self, function: Callable[[A], R], argument: A) -> asyncio.Future[R]:
        """Call the function in a thread. To be used on the event loop; the future has what it returns or raises.

        Raises RuntimeError where not even one thread is to be had.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()

        def job() -> None:
            try:
                result = function(argument)
            except BaseException as error:
                loop.call_soon_threadsafe(self._done, future, future.set_exception, error)
            else:
                loop.call_soon_threadsafe(self._done, future, future.set_result, result)

        self._unfinished += 1
        if self._behind() > 0 and self._running < min(_USUAL_THREADS, self._most):
            self._start_threads(1)
        if not self._running:
            self._unfinished -= 1
            raise RuntimeError("This machine has no thread left.")
        self._jobs.put(job)
        self._keep_watch(loop)
        return future

    def close(self) -> None:
        """End the threads, once they have done what they have. Whoever waits for something has to be let go before."""
        for timer in (self._watch, self._shrink):
            if timer is not None:
                timer.cancel()
        for _ in range(self._running):
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _behind(self) -> int:
        """How many wait for a thread."""
        return self._unfinished - self._running

    def _keep_watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watch is None and self._behind() > 0 and self._running < self._most:
            self._watch = loop.call_later(_PATIENCE_SECONDS, self._look, loop, self._finished)

    def _look(self, loop: asyncio.AbstractEventLoop, finished_before: int) -> None:
        """Start the threads that are missing when nothing was finished since the watch began."""
        self._watch = None
        if self._finished == finished_before:
            self._start_threads(min(self._behind(), self._most - self._running, _STARTED_AT_ONCE))
        self._keep_watch(loop)

    def _start_threads(self, count: int) -> None:
        """Start so many, or as many as the machine has."""
        for _ in range(count):
            thread = Thread(target=self._work, name=f"{self._name}-{self._running}", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return
            self._threads.append(thread)
            self._running += 1

    def _let_go(self) -> None:
        """End the threads that are more than usual and have nothing to do."""
        self._shrink = None
        spare = self._running - max(min(_USUAL_THREADS, self._most), self._unfinished)
        for _ in range(spare):
            self._jobs.put(None)
            self._running -= 1
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _done(self, future: asyncio.Future[R], settle: Callable[..., None], outcome: object) -> None:
        self._unfinished -= 1
        self._finished += 1
        if self._running > _USUAL_THREADS and self._shrink is None:
            self._shrink = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._let_go)
        if not future.done():  # Whoever asked may have been cancelled.
            settle(outcome)
