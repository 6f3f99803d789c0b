"""The reference service keeps every requirement: each scenario and variant, in each style that matters to it.

`pytest tests/e2e --idp-all-styles` runs the matrices in all styles, as `idp-harness run --all-styles` does: nothing
that the others look at depends on the style, and each fault is killed without them.
"""

from __future__ import annotations

import pytest

from harness.pytest_plugins.scenario_plugin import ScenarioCell


@pytest.mark.idp_scenarios(target="reference", strict=True)
def test_reference(scenario_cell: ScenarioCell) -> None:
    """The reference passes."""
    scenario_cell.judge()
