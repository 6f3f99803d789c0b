"""The list of faults: what each is called, which part it breaks, and where it happened before."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

Mixin = TypeVar("Mixin", bound=type)


class UnknownFault(ValueError):
    """No fault has this name; the message offers the nearest ones."""


@dataclass(frozen=True)
class Fault:
    """One switchable mistake. `id` never changes its meaning; `precedent` names a real case of it.

    `mixin` is a subclass of the part it breaks and overrides one of its methods.
    """

    id: str
    precedent: str
    mixin: type

    @property
    def sentence(self) -> str:
        """What the service does wrong."""
        return " ".join((self.mixin.__doc__ or "").split())

    @property
    def component(self) -> str:
        """The name of the part that is broken."""
        return str(self.mixin.__bases__[0].__name__)

    @property
    def method(self) -> str:
        """The one method that is overridden."""
        (name,) = (name for name in vars(self.mixin) if not name.startswith("_"))
        return name


FAULTS: Final[dict[str, Fault]] = {}


def fault(id: str, *, precedent: str) -> Callable[[Mixin], Mixin]:
    """Registers the decorated subclass of a part as the fault `id` (`m-` and words joined by hyphens).

    The class's docstring is the fault's sentence. Raises `ValueError` when the id is taken or malformed, the
    docstring is missing, or the class does not override exactly one method of its part.
    """

    def register(mixin: Mixin) -> Mixin:
        made = Fault(id, precedent, mixin)
        if not re.fullmatch(r"m(-[a-z0-9]+)+", id) or id in FAULTS:
            raise ValueError(f"{id!r} is malformed or already registered")
        if not made.sentence:
            raise ValueError(f"{id} needs a docstring that says what is wrong")
        if not hasattr(mixin.__bases__[0], made.method):
            raise ValueError(f"{id} overrides nothing: {made.component} has no {made.method}")
        FAULTS[id] = made
        return mixin

    return register


def mixins(names: Sequence[str]) -> tuple[type, ...]:
    """The classes of the named faults, in that order; raises `UnknownFault` for the first unknown name."""
    for name in names:
        if name not in FAULTS:
            near = difflib.get_close_matches(name, FAULTS, 3, 0.5)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise UnknownFault(f"there is no fault {name!r}{hint}")
    return tuple(FAULTS[name].mixin for name in names)
