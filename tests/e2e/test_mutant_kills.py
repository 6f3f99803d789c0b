"""The scenarios can fail: each fault of the reference is caught by a scenario that names it."""

from __future__ import annotations

from harness.pytest_plugins.mutant_plugin import MutantCase


def test_mutant(mutant_case: MutantCase) -> None:
    """The fault is caught."""
    mutant_case.judge()
