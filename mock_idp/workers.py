"""Threads that do for an event loop what may take its time or wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Workers:
    """Up to `most` threads for one event loop; a thread is started when all there are have something to do.

    An executor of the standard library does the same, with a second future and several locks for each call, which is
    a tenth of what a token costs. Here the loop does all the counting, so nothing has to be locked.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._busy = 0

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

        self._busy += 1
        if self._busy > len(self._threads) < self._most:
            self._start_thread()
        self._jobs.put(job)
        return future

    def close(self) -> None:
        """End the threads, once they have done what they have. Whoever waits for something has to be let go before."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _start_thread(self) -> None:
        thread = Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _done(self, future: asyncio.Future[R], settle: Callable[..., None], outcome: object) -> None:
        self._busy -= 1
        if not future.done():  # Whoever asked may have been cancelled.
            settle(outcome)
