"""The faults an issuer is about to show, in order."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Literal, get_args

from mock_idp.errors import MockIdpError
from mock_idp.faults.base import Fault
from mock_idp.faults.gate import Gate

FaultPoint = Literal["jwks", "discovery", "token"]
FAULT_POINTS: tuple[FaultPoint, ...] = get_args(FaultPoint)
MAX_PLANNED = 1000


@dataclass
class PlannedFault:
    """A fault on one endpoint for the next `times` requests (None: until cleared)."""

    id: str
    on: FaultPoint
    fault: Fault
    times: int | None
    served: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has been shown as often as it was to be."""
        return self.times is not None and self.served >= self.times

    def as_json(self) -> dict[str, object]:
        """`id`, `on`, `kind`, `times`, `served` and the parameters of the fault."""
        about = {"id": self.id, "on": self.on, "kind": self.fault.kind, "times": self.times, "served": self.served}
        return {**asdict(self.fault), **about}


class FaultQueue:
    """The faults of one issuer. The oldest one that is not spent is shown first, so that they can be scripted in order.

    `armed` holds the endpoints with a fault waiting; it is read on every request and therefore a plain attribute.
    """

    def __init__(self) -> None:
        self.gate = Gate()
        self.armed: frozenset[str] = frozenset()
        self._planned: list[PlannedFault] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def add(self, on: FaultPoint, fault: Fault, times: int | None) -> PlannedFault:
        """Queue a fault. Raises MockIdpError when an absurd number of them is waiting already."""
        with self._lock:
            if len(self._planned) >= MAX_PLANNED:
                sentence = f"{MAX_PLANNED} faults are planned already; clear them first."
                raise MockIdpError(409, "too_many_faults", sentence)
            planned = PlannedFault(f"f{next(self._numbers)}", on, fault, times)
            self._planned.append(planned)
            self._arm()
            return planned

    def next_for(self, endpoint: str) -> PlannedFault | None:
        """The fault this request of `endpoint` is to meet, counted as shown; None when there is none."""
        with self._lock:
            for planned in self._planned:
                if planned.on == endpoint and not planned.spent:
                    planned.served += 1
                    self._arm()
                    return planned
        return None

    def planned(self) -> list[PlannedFault]:
        """All faults since the last clear, oldest first, the spent ones too."""
        with self._lock:
            return list(self._planned)

    def clear(self) -> None:
        """Drop all faults and let requests that are held up go on with their answer."""
        self._drop()
        self.gate.release()

    def reset(self) -> None:
        """Drop all faults and end the requests that are held up."""
        self._drop()
        self.gate.cancel()

    def close(self) -> None:
        """As `reset`, and for good."""
        self._drop()
        self.gate.close()

    def _drop(self) -> None:
        with self._lock:
            self._planned.clear()
            self._arm()

    def _arm(self) -> None:
        self.armed = frozenset(planned.on for planned in self._planned if not planned.spent)
