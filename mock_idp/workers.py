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


class Workers:
    """A few threads for one event loop, and up to `most` when those there are do nothing but wait.

    An executor of the standard library starts a thread for each thing that comes while others are busy, which makes
    tokens a fifth slower. Here another one is started only when nothing was finished for a moment. All counting is
    done on the loop, so nothing has to be locked.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._unfinished = 0
        self._finished = 0
        self._watch: asyncio.TimerHandle | None = None

    def run(self, function: Callable[[A], R], argument: A) -> asyncio.Future[R]:
        """Call the function in a thread. To be used on the event loop; the future has what it returns or raises."""
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
        if self._behind() > 0 and len(self._threads) < min(_USUAL_THREADS, self._most):
            self._start_thread()
        self._jobs.put(job)
        self._keep_watch(loop)
        return future

    def close(self) -> None:
        """End the threads, once they have done what they have. Whoever waits for something has to be let go before."""
        if self._watch is not None:
            self._watch.cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _behind(self) -> int:
        """How many wait for a thread."""
        return self._unfinished - len(self._threads)

    def _keep_watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watch is None and self._behind() > 0 and len(self._threads) < self._most:
            self._watch = loop.call_later(_PATIENCE_SECONDS, self._look, loop, self._finished)

    def _look(self, loop: asyncio.AbstractEventLoop, finished_before: int) -> None:
        """Start the threads that are missing when nothing was finished since the watch began."""
        self._watch = None
        if self._finished == finished_before:
            for _ in range(min(self._behind(), self._most - len(self._threads))):
                self._start_thread()
        self._keep_watch(loop)

    def _start_thread(self) -> None:
        thread = Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _done(self, future: asyncio.Future[R], settle: Callable[..., None], outcome: object) -> None:
        self._unfinished -= 1
        self._finished += 1
        if not future.done():  # Whoever asked may have been cancelled.
            settle(outcome)
