"""Any fault by its name: one that stands in `faults/`, or one that a rule derives."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from harness.reference.derived import DerivedFault, derived_faults
from harness.reference.faults import FAULTS, Fault, UnknownFault


def fault_of(name: str) -> Fault:
    """The fault of this name; raises `UnknownFault`. Names that begin with `d-` are those of derived ones."""
    known: Mapping[str, Fault] = derived_faults() if is_derived(name) else FAULTS
    if name not in known:
        near = difflib.get_close_matches(name, known, 1, 0.5)
        raise UnknownFault(f"the reference has no fault {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return known[name]


def derived_fault_of(name: str) -> DerivedFault | None:
    """The derived fault of this name; None when that is one of the others."""
    return derived_faults().get(name) if is_derived(name) else None


def is_derived(name: str) -> bool:
    """Whether a name is one that a rule gives."""
    return name.startswith("d-")


def mixins(names: Sequence[str]) -> tuple[type, ...]:
    """The classes of the named faults, in that order; raises `UnknownFault` for the first unknown name."""
    return tuple(fault_of(name).mixin for name in names)
