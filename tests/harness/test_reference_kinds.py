"""A fault is tried on the reference service that has the part which it breaks."""

from __future__ import annotations

from harness.declared.profile import find_profile, load_profile
from harness.mutants.reference_kinds import ReferenceKinds, target_options
from harness.scenario.loader import load_all
from harness.scenario.plan import plan


def test_the_service_of_a_fault() -> None:
    """Tasker's by default."""
    assert target_options("m-no-exp-check") == ()
    assert target_options("m-wm-prefix-loose") == (("service", "windmill"),)
    assert target_options("m-mcp-aud-slash") == (("service", "mcp"),)


def test_the_cells_are_those_of_the_service() -> None:
    """With its profile and the style that is its own."""
    kinds = ReferenceKinds(load_all(), [])
    [first, *_] = kinds.killers("m-wm-prefix-loose").phases("m-wm-prefix-loose", own=False)
    assert [(cell.scenario.slug, cell.style) for cell in first] == [("wm-prefix", "windmill")]
    [first, *_] = kinds.killers("m-no-exp-check").phases("m-no-exp-check", own=False)
    assert first[0].style != "windmill"


def test_nobody_else_has_the_cells_of_windmill_and_of_mcp_servers() -> None:
    """Neither run nor skipped: the usual styles have none."""
    for name in ("reference", "tasker-worker", "tasker-orchestration"):
        planned = plan(load_all(), load_profile(find_profile(name)), name)
        assert [one.cell.id for one in planned if one.cell.scenario.id.startswith(("windmill/", "mcp/"))] == []
