"""Experiments that share one running service: a start costs more than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Semaphore
from typing import Any

from harness.cell.environment import Environment
from harness.cell.session import Session
from harness.measure.lab import Lab
from harness.measure.reading import Reading
from harness.measure.runner import measure, select_experiments
from harness.measure.trial import Trial


class _OneServiceLab(Lab):
    """A lab whose ready trials are all on the same session, one after the other."""

    def __init__(
        self, session: Session, environment: Environment, style: str, seconds: float, starts: Semaphore
    ) -> None:
        super().__init__(environment, style, seconds, starts)
        self._session = session

    @contextmanager
    def ready_trial(self, **config: Any) -> Iterator[Trial]:
        if config:
            with super().ready_trial(**config) as own:
                yield own
            return
        trial = Trial(self._session, self.pause, self._starting)
        if self._session.service is None:
            trial.start()
        trial.require_control()
        try:
            yield trial
        finally:
            self._session.tidy()


def measure_on_one(environment: Environment, style: str, rows: list[str]) -> list[Reading]:
    """The readings of the rows, found out one after the other on one service."""
    with closing(Session(environment, style, {})) as session:

        def make(environment: Environment, style: str, seconds: float, starts: Semaphore) -> Lab:
            return _OneServiceLab(session, environment, style, seconds, starts)

        return measure(environment, style, select_experiments(rows), rows, most_at_once=1, make_lab=make)
