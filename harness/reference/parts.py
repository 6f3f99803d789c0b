"""Which class stands for which part of the service: the part itself, or the part with faults mixed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Part = TypeVar("Part")


class Parts:
    """Chooses the class of each part. A fault is a subclass of the part it breaks, overriding one method."""

    def __init__(self, faults: Sequence[type] = ()) -> None:
        self.faults = tuple(faults)

    def of(self, part: type[Part]) -> type[Part]:
        """`part` with the faults that concern it; the first one named has the first say."""
        mixins = [fault for fault in self.faults if issubclass(fault, part)]
        return type(part.__name__, (*mixins, part), {}) if mixins else part
