"""What a cell does beside its own steps: requests in the background and steady traffic."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from harness.base.errors import HarnessError
from harness.base.mishaps import MISHAPS

# A background step that has not ended by then is the harness's failure, not the service's.
JOIN_SECONDS = 120.0

T = TypeVar("T")


@dataclass
class _Traffic(Generic[T]):
    thread: threading.Thread
    stop: threading.Event
    judge: Callable[[list[T]], None]
    sent: list[T] = field(default_factory=list)
    problem: BaseException | None = None


class Background(Generic[T]):
    """Jobs by name; `finish` ends all of them, whatever the cell's outcome."""

    def __init__(self) -> None:
        self._jobs: dict[str, tuple[Future[list[T]], Callable[[list[T]], None]]] = {}
        self._traffic: dict[str, _Traffic[T]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def start(self, name: str, send: Callable[[], list[T]], judge: Callable[[list[T]], None]) -> None:
        """Run `send` beside the cell's steps; `judge` gets what it returns when the job is joined."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(8, thread_name_prefix="background")
        self._jobs[name] = (self._pool.submit(send), judge)

    def join(self, name: str) -> None:
        """Wait for a job and judge it. Raises what the job or its judge raises; `HarnessError` when it doesn't end."""
        if name not in self._jobs:
            raise HarnessError(f"nothing named {name!r} was sent in the background")
        future, judge = self._jobs.pop(name)
        try:
            sent = future.result(JOIN_SECONDS)
        except TimeoutError:
            raise HarnessError(f"{name!r} was not done in the background within {JOIN_SECONDS:g} s") from None
        judge(sent)

    def start_traffic(
        self,
        name: str,
        rate: float,
        send: Callable[[], list[T]],
        judge: Callable[[list[T]], None],
        done: Callable[[], None],
    ) -> None:
        """Call `send` `rate` times a second until `stop_traffic`, and `done` when that is over."""
        stop = threading.Event()

        def work() -> None:
            try:
                while not stop.wait(1 / rate):
                    traffic.sent.extend(send())
            except MISHAPS as problem:  # Raised again in the cell, by stop_traffic.
                traffic.problem = problem
            finally:
                done()

        traffic = _Traffic(threading.Thread(target=work, name=f"traffic-{name}", daemon=True), stop, judge)
        self._traffic[name] = traffic
        traffic.thread.start()

    def stop_traffic(self, name: str, at_least: int) -> None:
        """End the traffic and judge all of it; there must have been `at_least` requests."""
        if name not in self._traffic:
            raise HarnessError(f"no traffic named {name!r} was started")
        traffic = self._traffic.pop(name)
        self._end(traffic)
        if traffic.problem is not None:
            raise traffic.problem
        if len(traffic.sent) < at_least:
            raise HarnessError(f"traffic {name!r} made {len(traffic.sent)} requests, not {at_least}")
        traffic.judge(traffic.sent)

    def finish(self) -> None:
        """End what is left, without judging it."""
        with ExitStack() as endings:  # All of them, also when one does not end.
            if self._pool is not None:
                endings.callback(self._pool.shutdown, wait=True, cancel_futures=True)
            for traffic in self._traffic.values():
                endings.callback(self._end, traffic)

    @staticmethod
    def _end(traffic: _Traffic[Any]) -> None:
        traffic.stop.set()
        traffic.thread.join(JOIN_SECONDS)
        if traffic.thread.is_alive():
            raise HarnessError(f"{traffic.thread.name} did not end within {JOIN_SECONDS:g} s")
