"""Things an issuer is about to do to requests, in order: faults and stubs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from mock_idp.errors import MockIdpError

MAX_PLANNED = 1000
# What one takes beside its text.
_PLAN_BYTES = 1000

_WANTED: dict[str, Any] = {"type": ["string", "boolean"]}
WHEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "headers": {
            "type": ["object", "string", "boolean"],
            "additionalProperties": _WANTED,
            "description": "Likewise the headers of the request; a text is a parameter of that name.",
        }
    },
    "additionalProperties": _WANTED,
    "description": "Only requests whose parameters of these names (client_id, grant_type, scope, ...) have exactly "
    "these values; :path is the path of the request; true: whatever the value, false: none.",
}
"""The JSON schema of the condition of a plan."""

Condition = Mapping[str, str | bool | Mapping[str, str | bool]]
"""By parameter, the value that a request must have, or whether it must have one; `headers` as a mapping is likewise
about headers."""


class Asked(Protocol):
    """A request as far as conditions ask about it."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Its parameters; read only when something waits that asks for them."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, by their names in lower case."""


@dataclass
class Planned:
    """Something for the next `times` requests (None: until cleared) of the endpoint `on` that are as `when` says."""

    id: str
    on: str
    times: int | None
    when: Condition
    served: int = field(default=0, kw_only=True)

    @property
    def spent(self) -> bool:
        """Whether it has been shown as often as it was to be."""
        return self.times is not None and self.served >= self.times

    @property
    def unused(self) -> bool:
        """Whether a request that it was planned for has not come; until cleared: whether none has."""
        return self.served < (self.times or 1)

    def fits(self, request: Asked) -> bool:
        """Whether it is for this request."""
        return all(
            all(_is(wanted, request.headers.get(header.lower())) for header, wanted in value.items())
            if isinstance(value, Mapping)
            else _is(value, request.parameters.get(name))
            for name, value in self.when.items()
        )

    def as_json(self) -> dict[str, object]:
        """As the control API shows it."""
        return self.about()

    def about(self) -> dict[str, object]:
        """Where, when and how often, as the control API shows it."""
        return {"id": self.id, "on": self.on, "times": self.times, "when": dict(self.when), "served": self.served}


def _is(wanted: str | bool, value: str | None) -> bool:
    return value == wanted if isinstance(wanted, str) else (value is not None) is wanted


P = TypeVar("P", bound=Planned)


class PlanQueue(Generic[P]):
    """What one issuer has planned. The oldest that is not spent is shown first, so that it can be planned in order.

    `armed` holds the endpoints for which something waits; it is read on every request and therefore a plain attribute.
    `noun` is what the things are called in ids (its first letter) and sentences.
    """

    noun = "plans"

    def __init__(self, hold: Callable[[int], None] = lambda size: None) -> None:
        """In: what is told how many bytes all of them take, and raises MockIdpError where that is too much."""
        self._hold = hold
        self._bytes, self._sizes = 0, dict[str, int]()
        self.armed: frozenset[str] = frozenset()
        self._planned: list[P] = []
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def planned(self, unused: bool = False) -> list[P]:
        """All since the last clear, oldest first; or only those that wait in vain. The oldest that are spent may be
        missing: they make room.
        """
        with self._lock:
            return [planned for planned in self._planned if planned.unused or not unused]

    def drop(self) -> None:
        """Forget all."""
        with self._lock:
            self._clear()

    def drop_one(self, name: str) -> bool:
        """Forget the one with this id; whether it was there."""
        with self._lock:
            planned = next((planned for planned in self._planned if planned.id == name), None)
            if planned is None:
                return False
            self._planned.remove(planned)
            self._bytes -= self._sizes.pop(name)
            self._hold(self._bytes)
            self._arm()
            return True

    def reset(self) -> None:
        """Forget all, and begin again with the ids."""
        with self._lock:
            self._clear()
            self._numbers = itertools.count(1)

    def _put(self, make: Callable[[str], P]) -> P:
        """Queue what `make` makes of a new id; the oldest that is spent makes room.

        Raises MockIdpError when an absurd number is waiting already, or what all of them take is too much.
        """
        with self._lock:
            spent = None
            if len(self._planned) >= MAX_PLANNED:
                spent = next((planned for planned in self._planned if planned.spent), None)
                if spent is None:
                    sentence = f"{MAX_PLANNED} {self.noun} are planned already; clear them first."
                    raise MockIdpError(409, f"too_many_{self.noun}", sentence)
            planned = make(f"{self.noun[0]}{next(self._numbers)}")
            size = len(json.dumps(planned.as_json())) + _PLAN_BYTES
            total = self._bytes + size - (0 if spent is None else self._sizes[spent.id])
            self._hold(total)
            if spent is not None:
                self._planned.remove(spent)
                del self._sizes[spent.id]
            self._bytes, self._sizes[planned.id] = total, size
            self._planned.append(planned)
            self._arm()
            return planned

    def next_for(self, endpoint: str, request: Asked) -> P | None:
        """The oldest for this request of `endpoint`, counted as shown; None when there is none."""
        if endpoint not in self.armed:
            return None
        with self._lock:
            for planned in self._planned:
                if planned.on == endpoint and not planned.spent and planned.fits(request):
                    planned.served += 1
                    self._arm()
                    return planned
        return None

    def _clear(self) -> None:
        self._planned.clear()
        self._sizes.clear()
        self._bytes = 0
        self._hold(0)
        self._arm()

    def _arm(self) -> None:
        self.armed = frozenset(planned.on for planned in self._planned if not planned.spent)
