"""The faults an issuer is about to show, in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

from mock_idp.faults.base import Fault
from mock_idp.faults.gate import Gate
from mock_idp.plan_queue import Planned, PlanQueue

FaultPoint = Literal["jwks", "discovery", "token"]
FAULT_POINTS: tuple[FaultPoint, ...] = get_args(FaultPoint)


@dataclass
class PlannedFault(Planned):
    """A fault on one endpoint for the next `times` requests (None: until cleared)."""

    fault: Fault

    def as_json(self) -> dict[str, object]:
        """`id`, `on`, `kind`, `times`, `served` and the parameters of the fault."""
        about = {"id": self.id, "on": self.on, "kind": self.fault.kind, "times": self.times, "served": self.served}
        return {**asdict(self.fault), **about}


class FaultQueue(PlanQueue[PlannedFault]):
    """The faults of one issuer, and the gate where they hold requests up."""

    noun = "faults"

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()

    def add(self, on: FaultPoint, fault: Fault, times: int | None) -> PlannedFault:
        """Queue a fault. Raises MockIdpError when an absurd number of them is waiting already."""
        return self._put(lambda name: PlannedFault(name, on, times, fault))

    def next_for(self, endpoint: str) -> PlannedFault | None:
        """The fault this request of `endpoint` is to meet, counted as shown; None when there is none."""
        return self._take(endpoint, lambda planned: True)

    def clear(self) -> None:
        """Drop all faults and let requests that are held up go on with their answer."""
        self.drop()
        self.gate.release()

    def reset(self) -> None:
        """Drop all faults and end the requests that are held up."""
        self.drop()
        self.gate.cancel()

    def close(self) -> None:
        """As `reset`, and for good."""
        self.drop()
        self.gate.close()
