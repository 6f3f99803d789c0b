"""Where experiments get their services from, and their time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock, Semaphore
from typing import Any, TypeVar

from harness.base.errors import HarnessError
from harness.cell.credentials import known_secrets
from harness.cell.environment import Environment
from harness.cell.session import Session
from harness.declared.profile import Profile
from harness.measure.trial import Trial, rest_seconds
from harness.shown.redaction import Secrets

# Starting services costs processor time, which would disturb those who look at the clock.
STARTS_AT_ONCE = 2
_SIDE_BY_SIDE = 4
REST_SECONDS = 1.5

T = TypeVar("T")
R = TypeVar("R")


class OutOfTime(HarnessError):
    """An experiment has reached its deadline."""


class Lab:
    """The laboratory of one experiment: `seconds` of time and three declared cool-downs at most, trials in the `style`.

    The time that services take to start doesn't count. `starts` is shared by all experiments of a run, so that few
    services start at once.
    """

    def __init__(self, environment: Environment, style: str, seconds: float, starts: Semaphore) -> None:
        # An experiment waits for the declared cool-down, watches one, and has some time left.
        self.environment, self.style = environment, style
        self.seconds = seconds + 3 * rest_seconds(environment.profile)
        self._starts = starts
        self.begin()
        self._moving = Lock()
        self.secrets = Secrets()  # Those of all its trials.

    def begin(self) -> None:
        """The experiment begins now, and its time with it."""
        self._deadline = time.monotonic() + self.seconds

    @property
    def profile(self) -> Profile:
        return self.environment.profile

    @contextmanager
    def trial(self, **config: Any) -> Iterator[Trial]:
        """An issuer of its own, and a service that is configured for it once `start` is called.

        `config` is that of scenarios: `refresh`, `allowed_algorithms` and so on. Both are gone afterwards.
        """
        self.pause(self._rest_seconds())
        session = Session(self.environment, self.style, config)
        try:
            yield Trial(session, self.pause, self._starting)
        finally:
            known_secrets(session, others=self.secrets)
            try:
                session.stop_service()
                session.tidy()
            finally:
                session.close()

    @contextmanager
    def ready_trial(self, **config: Any) -> Iterator[Trial]:
        """A trial whose service runs and accepts the plain token; raises `Inconclusive` when it does not."""
        with self.trial(**config) as trial:
            trial.start()
            trial.require_control()
            yield trial

    def side_by_side(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """`work` on each item, several at a time; one after the other where all have the same lasting issuer."""
        if self.environment.options.issuer:
            return [work(item) for item in items]
        with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="trial") as pool:
            return list(pool.map(work, items))

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Around the start of a service: few at once, and no time of the experiment's."""
        began = time.monotonic()
        try:
            with self._starts:
                self.environment.pause(0)
                yield
        finally:
            with self._moving:
                self._deadline += time.monotonic() - began

    def _rest_seconds(self) -> float:
        """Where all experiments share one service, how long it rests from the one before: cool-downs, back-offs."""
        if not self.environment.options.issuer:
            return 0.0
        return REST_SECONDS + 2 * (self.profile.unknown_kid_cooldown_seconds or 0.0)

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises `OutOfTime` at the deadline, `HarnessError` when the run ends."""
        self.check_time()
        self.environment.pause(seconds)

    def check_time(self) -> None:
        if time.monotonic() >= self._deadline:
            raise OutOfTime(f"the experiment was not done within {self.seconds:g} s")
