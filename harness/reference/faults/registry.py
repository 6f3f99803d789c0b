"""The list of faults: what each is called, which part it breaks, and where it happened before."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
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
    def service(self) -> str:
        """The kind of reference service that has the part; empty for a part of Tasker's, which is there by default."""
        room = self.mixin.__bases__[0].__module__.removeprefix("harness.reference.")
        return room.partition(".")[0] if "." in room else ""

    @property
    def method(self) -> str:
        """The one method that is overridden."""
        (name,) = overridden(self.mixin)
        return name


FAULTS: Final[dict[str, Fault]] = {}


def fault(id: str, *, precedent: str = "") -> Callable[[Mixin], Mixin]:
    """Registers the decorated subclass of a part as the fault `id` (`m-` and words joined by hyphens).

    The class's docstring is the fault's sentence. Names that begin with an underscore are the class's own matter.
    Raises `ValueError`, and registers nothing, when the id is taken or malformed, the docstring is missing, or the
    class does not override exactly one method of its part.
    """

    def register(mixin: Mixin) -> Mixin:
        if problem := _problem(id, mixin):
            raise ValueError(problem)
        FAULTS[id] = Fault(id, precedent, mixin)
        return mixin

    return register


def overridden(mixin: type) -> tuple[str, ...]:
    """The public names that a class defines itself."""
    return tuple(name for name in vars(mixin) if not name.startswith("_"))


def _problem(id: str, mixin: object) -> str:
    """What keeps a class from being the fault `id`, with what to do; "" when nothing does."""
    if not re.fullmatch(r"m(-[a-z0-9]+)+", id):
        return f"{id!r} is no name of a fault: it begins with m- and is words of a-z and 0-9 joined by hyphens"
    if id in FAULTS:
        return f"{id!r} is taken by {FAULTS[id].mixin.__module__}.{FAULTS[id].mixin.__qualname__}: choose another name"
    if not isinstance(mixin, type) or len(mixin.__bases__) != 1 or not _is_part(mixin.__bases__[0]):
        return f"{id} is no direct subclass of a part of the reference service; parts with faults: {_parts()}"
    if not " ".join((mixin.__doc__ or "").split()):
        return f"{id} needs a docstring that says what is wrong, in one sentence"
    part, names = mixin.__bases__[0], overridden(mixin)
    if not names:
        return f"{id} overrides nothing of {part.__name__}: it must override exactly one method"
    if len(names) > 1:
        return (
            f"{id} overrides {', '.join(names)}: a fault overrides exactly one method of {part.__name__}; "
            "names that begin with an underscore are free"
        )
    if not callable(getattr(part, names[0], None)):
        return f"{id} overrides nothing: {part.__name__} has no method {names[0]}{_near(names[0], dir(part))}"
    if not callable(vars(mixin)[names[0]]):
        return f"{id} replaces the method {part.__name__}.{names[0]} by something that can't be called"
    return ""


def _is_part(base: type) -> bool:
    """Whether a class is one of the service's own; a fault of a fault would not be one changed place."""
    module = base.__module__
    return module.startswith("harness.reference.") and not module.startswith(f"{__package__}.")


def _parts() -> str:
    return ", ".join(sorted({made.component for made in FAULTS.values()}))


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
