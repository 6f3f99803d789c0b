"""The stubs of an issuer, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_idp.plans.queue import Planned, PlanQueue

if TYPE_CHECKING:
    from mock_idp.plans.stubs.settings import StubSettings


@dataclass
class PlannedStub(Planned):
    """A stub for the next `times` requests that fit."""

    settings: StubSettings

    def as_json(self) -> dict[str, object]:
        """`id`, `on`, `times`, `when`, `served`, and what it does as it was written."""
        return {**self.settings.given, **self.about()}


class StubQueue(PlanQueue[PlannedStub]):
    """The stubs of one issuer. `start` are those that it begins with, and begins again with after a reset."""

    noun = "steps"

    def __init__(self, start: Iterable[StubSettings] = (), hold: Callable[[int], None] = lambda size: None) -> None:
        super().__init__(hold)
        self._start = tuple(start)
        self.reset()

    def add(self, settings: StubSettings) -> PlannedStub:
        """Queue a stub. Raises MockIdpError when an absurd number of them is waiting already."""
        return self._put(lambda name: PlannedStub(name, settings.on, settings.times, settings.when, settings))

    def reset(self) -> None:
        """Back to the start."""
        super().reset()
        for settings in self._start:
            self.add(settings)
