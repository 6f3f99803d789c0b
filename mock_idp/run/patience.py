"""Deadlines for the tasks of an event loop that wait for their clients."""

from __future__ import annotations

import asyncio
from typing import Any

_LOOK_SECONDS = 0.5


class Patience:
    """Cancels tasks that wait for too long.

    `asyncio.timeout` sets a timer for each, which costs more than reading a body. Here one timer looks after all of
    them, so that a deadline is met within half a second. To be used on the loop.
    """

    def __init__(self) -> None:
        self._deadlines: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, seconds: float) -> asyncio.Task[Any]:
        """The current task, which is returned, is cancelled after so many seconds, unless it is over by then."""
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._deadlines[task] = loop.time() + seconds
        if self._timer is None:
            self._timer = loop.call_later(_LOOK_SECONDS, self._look, loop)
        return task

    def has_ended(self, task: asyncio.Task[Any]) -> bool:
        """Whether it is for its deadline that a task was cancelled; then it can go on."""
        if task not in self._ended:
            return False
        task.uncancel()
        return True

    def over(self, task: asyncio.Task[Any]) -> None:
        """A task has no deadline any more."""
        self._deadlines.pop(task, None)
        self._ended.discard(task)

    def end_all(self) -> None:
        """Cancel all, as if their time was over."""
        for task in [*self._deadlines]:
            self._end(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for task in [task for task, deadline in self._deadlines.items() if deadline <= now]:
            self._end(task)
        if self._deadlines:
            self._timer = loop.call_later(_LOOK_SECONDS, self._look, loop)

    def _end(self, task: asyncio.Task[Any]) -> None:
        del self._deadlines[task]
        self._ended.add(task)
        task.cancel()
