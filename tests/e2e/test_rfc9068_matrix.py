"""A correct resource server of somebody else, which reads the scope of JWT access tokens, keeps every requirement."""

from __future__ import annotations

import pytest

from harness.pytest_plugins.scenario_plugin import ScenarioCell

# How keys come is the reference's, judged there.
AREAS = [
    *(
        "baseline",
        "header",
        "identity",
        "kid/hostile-values",
        "leakage",
        "permissions",
        "precedence",
        "public",
        "replay",
    ),
    *("signature", "tenant", "time", "token-structure", "transport"),
]


@pytest.mark.idp_scenarios(
    target="reference", target_option=["service=rfc9068"], style=["custom"], select=AREAS, strict=True
)
def test_rfc9068(scenario_cell: ScenarioCell) -> None:
    """It passes, or the case isn't for it."""
    scenario_cell.judge()
