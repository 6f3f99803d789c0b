"""Things an issuer is about to do to requests, in order: faults, and scripted answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from mock_idp.errors import MockIdpError

MAX_PLANNED = 1000


@dataclass
class Planned:
    """Something for the next `times` requests of the endpoint `on` (None: until cleared)."""

    id: str
    on: str
    times: int | None
    served: int = field(default=0, kw_only=True)

    @property
    def spent(self) -> bool:
        """Whether it has been shown as often as it was to be."""
        return self.times is not None and self.served >= self.times


P = TypeVar("P", bound=Planned)


class PlanQueue(Generic[P]):
    """What one issuer has planned. The oldest that is not spent is shown first, so that it can be planned in order.

    `armed` holds the endpoints for which something waits; it is read on every request and therefore a plain attribute.
    `noun` is what the things are called in ids (its first letter) and sentences.
    """

    noun = "plans"

    def __init__(self) -> None:
        self.armed: frozenset[str] = frozenset()
        self._planned: list[P] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def planned(self) -> list[P]:
        """All since the last clear, oldest first, the spent ones too."""
        with self._lock:
            return list(self._planned)

    def drop(self) -> None:
        """Forget all."""
        with self._lock:
            self._planned.clear()
            self._arm()

    def _put(self, make: Callable[[str], P]) -> P:
        """Queue what `make` makes of a new id. Raises MockIdpError when an absurd number is waiting already."""
        with self._lock:
            if len(self._planned) >= MAX_PLANNED:
                sentence = f"{MAX_PLANNED} {self.noun} are planned already; clear them first."
                raise MockIdpError(409, f"too_many_{self.noun}", sentence)
            planned = make(f"{self.noun[0]}{next(self._numbers)}")
            self._planned.append(planned)
            self._arm()
            return planned

    def _take(self, endpoint: str, fits: Callable[[P], bool]) -> P | None:
        """The oldest for a request of `endpoint` that `fits`, counted as shown; None when there is none."""
        if endpoint not in self.armed:
            return None
        with self._lock:
            for planned in self._planned:
                if planned.on == endpoint and not planned.spent and fits(planned):
                    planned.served += 1
                    self._arm()
                    return planned
        return None

    def _arm(self) -> None:
        self.armed = frozenset(planned.on for planned in self._planned if not planned.spent)
