"""Which class stands for which part of the service: the part itself, or the part with faults mixed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Part = TypeVar("Part")


class Parts:
    """Chooses the class of each part. A fault is a subclass of the part it breaks, overriding one method."""

    def __init__(self, faults: Sequence[type] = (), own: Mapping[type, type] | None = None) -> None:
        """`own` are the subclasses that a service has in place of parts."""
        self.faults, self.own = tuple(faults), dict(own or {})

    def of(self, part: type[Part]) -> type[Part]:
        """`part`, or what stands in its place, with the faults that concern it; the first one has the first say."""
        chosen = self.own.get(part, part)
        # A fault of another service's subclass of the part is none of this one's.
        mixins = [fault for fault in self.faults if issubclass(fault, part) and issubclass(chosen, fault.__bases__)]
        return type(part.__name__, (*mixins, chosen), {}) if mixins else chosen

    def of_service(self, own: Mapping[type, type]) -> Parts:
        """The same faults for a service that has these subclasses in place of parts."""
        return Parts(self.faults, own)
