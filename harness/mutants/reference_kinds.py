"""Which reference service a fault is tried on: one that has the part which it breaks, by that service's profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.declared.profile import find_profile, load_profile
from harness.grammar.model import Scenario
from harness.grammar.vocabulary import STYLES
from harness.mutants.kill_order import Killers
from harness.targets import make_target, profile_of
from harness.targets.within_reach import as_run_by

# The tokens of one style alone are for a service that reads claims of its own.
_OWN_STYLES: Final[Mapping[str, tuple[str, ...]]] = {"windmill": ("windmill",), "rfc9068": ("custom",), "mcp": ("mcp",)}


def target_options(fault: str) -> tuple[tuple[str, str], ...]:
    """The options of the target `reference` for a fault; none for one of Tasker's rules."""
    from harness.reference.known_faults import fault_of  # The reference service loads Flask.

    service = fault_of(fault).service
    return (("service", service),) if service else ()


class ReferenceKinds:
    """The killers of faults, by the service that each is tried on; with `all_styles` each case in every one."""

    def __init__(self, scenarios: Sequence[Scenario], directories: Sequence[Path], *, all_styles: bool = False) -> None:
        self._scenarios, self._directories = scenarios, list(directories)
        self._styles = STYLES if all_styles else ()
        self._killers: dict[tuple[tuple[str, str], ...], Killers] = {}

    def killers(self, fault: str) -> Killers:
        """The scenarios as cells for the service of this fault. Raises `HarnessError` for a wrong profile."""
        options = target_options(fault)
        if options not in self._killers:
            file = find_profile(profile_of("reference", dict(options)), self._directories)
            target = make_target("reference", dict(options))
            profile = as_run_by(target, load_profile(file, self._directories))
            styles = _OWN_STYLES.get(dict(options).get("service", ""), self._styles)
            self._killers[options] = Killers(self._scenarios, profile, styles)
        return self._killers[options]
