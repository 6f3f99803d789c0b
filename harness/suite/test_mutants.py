"""Every fault of the reference service as one pytest test: it passes when a scenario that names the fault fails."""

from __future__ import annotations

from harness.pytest_plugins.mutant_plugin import MutantCase


def test_mutant(mutant_case: MutantCase) -> None:
    """A scenario that names the fault catches it."""
    mutant_case.judge()
