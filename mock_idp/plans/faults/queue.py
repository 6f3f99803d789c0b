"""The faults an issuer is about to show, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from mock_idp.plans.faults.base import Fault
from mock_idp.plans.faults.latch import Latch
from mock_idp.plans.queue import Condition, Planned, PlanQueue


@dataclass
class PlannedFault(Planned):
    """A fault for the next `times` requests that fit."""

    fault: Fault

    def as_json(self) -> dict[str, object]:
        """`id`, `on`, `kind`, `times`, `when`, `served` and the parameters of the fault."""
        return {**asdict(self.fault), "kind": self.fault.kind, **self.about()}


class FaultQueue(PlanQueue[PlannedFault]):
    """The faults of one issuer, and the latch that holds requests up."""

    noun = "faults"

    def __init__(self, hold: Callable[[int], None] = lambda size: None) -> None:
        super().__init__(hold)
        self.latch = Latch()

    def add(self, on: str, fault: Fault, times: int | None, when: Condition) -> PlannedFault:
        """Queue a fault. Raises MockIdpError when an absurd number of them is waiting already."""
        return self._put(lambda name: PlannedFault(name, on, times, when, fault))

    def clear(self) -> None:
        """Drop all faults and let requests that are held up go on with their answer."""
        self.drop()
        self.latch.release()

    def reset(self) -> None:
        """Drop all faults and end the requests that are held up."""
        super().reset()
        self.latch.cancel()

    def close(self) -> None:
        """As `reset`, and for good."""
        self.drop()
        self.latch.close()
