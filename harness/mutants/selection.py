"""Which faults a run is about: those that are named, or that fit a pattern."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from harness.base.errors import UsageError
from harness.shown.foreign_text import foreign
from harness.wire.grpc_library import why_not_installed


def select_faults(words: Sequence[str], *, derived: bool) -> list[str]:
    """The names of the faults, sorted. Without `words` all named ones, or all `derived` ones.

    A word is a name or a pattern with `*`, `?` or `[...]`. Raises `UsageError` for one that selects nothing, or a fault
    that can't be tried without an extra.
    """
    from harness.reference.derived import derived_faults  # The reference service loads Flask.
    from harness.reference.faults import FAULTS, UnknownFault
    from harness.reference.known_faults import fault_of, is_derived

    if not words:
        return sorted(derived_faults()) if derived else named_faults()
    names: set[str] = set()
    for word in words:
        if any(sign in word for sign in "*?["):
            among = derived_faults() if derived or is_derived(word) else FAULTS
            found = fnmatch.filter(among, word)
            if not found:
                raise UsageError(f"the reference has no fault {word!r}: `idp-harness mutants --list` shows them")
            names.update(found)
            continue
        try:
            names.add(fault_of(word).id)
        except UnknownFault as problem:
            raise UsageError(f"{foreign(problem)}") from problem
    if beyond := sorted(names & {*_over_grpc()}):
        raise UsageError(f"{beyond[0]} is a fault over gRPC, which is not installed: {why_not_installed()}")
    return sorted(names)


def named_faults() -> list[str]:
    """The names of all faults that aren't derived and can be tried here: those over gRPC need their extra."""
    from harness.reference.faults import FAULTS  # The reference service loads Flask.

    return sorted(FAULTS.keys() - _over_grpc())


def left_out() -> str:
    """Which faults can't be tried here, and what to do; empty where all can."""
    count = len(_over_grpc())
    return f"{count} faults over gRPC are left out, which is not installed: {why_not_installed()}" if count else ""


def _over_grpc() -> list[str]:
    """The faults over gRPC, where it is not installed."""
    from harness.reference.faults import FAULTS

    return [name for name, one in FAULTS.items() if one.component.startswith("Grpc")] if why_not_installed() else []


def fault_line(name: str) -> str:
    """A fault in a line: its name, where it is, and what it does."""
    from harness.reference.known_faults import derived_fault_of, fault_of

    fault, derived = fault_of(name), derived_fault_of(name)
    where = derived.source if derived else f"{fault.component}.{fault.method}"
    return f"{fault.id}  {where}: {fault.sentence}"
