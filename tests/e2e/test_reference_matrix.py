"""The reference service keeps every requirement: each scenario, variant and style."""

from __future__ import annotations

import pytest

from harness.pytest_plugins.scenario_plugin import ScenarioCell


@pytest.mark.idp_scenarios(target="reference", strict=True)
def test_reference(scenario_cell: ScenarioCell) -> None:
    """The reference passes."""
    scenario_cell.judge()
