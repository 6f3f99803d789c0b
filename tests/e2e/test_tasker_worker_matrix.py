"""The real Tasker worker does what is recorded of it: it passes, or deviates as its expected findings say."""

from __future__ import annotations

import pytest

from harness.pytest_plugins.scenario_plugin import ScenarioCell
from harness.targets import make_target


@pytest.fixture(scope="session", autouse=True)
def _worker_available() -> None:
    if reason := make_target("tasker-worker", {}).available():
        pytest.skip(reason)


@pytest.mark.tasker
@pytest.mark.idp_scenarios(target="tasker-worker", strict=True)
def test_tasker_worker(scenario_cell: ScenarioCell) -> None:
    """The worker passes, or shows a finding that is known."""
    scenario_cell.judge()
