"""Every scenario, variant and style as one pytest test; what is run is chosen by the `--idp-*` options."""

from __future__ import annotations

from harness.pytest_plugins.scenario_plugin import ScenarioCell


def test_scenario(scenario_cell: ScenarioCell) -> None:
    """The service keeps the scenario's requirement."""
    scenario_cell.judge()
