"""What is planned for the options of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.base.errors import UsageError
from harness.cell.environment import Options, check_options
from harness.declared.profile import find_profile, load_profile
from harness.grammar.toml_source import nearest
from harness.grammar.vocabulary import STYLES, VENDORS
from harness.scenario.chosen import load_chosen
from harness.scenario.plan import PlannedCell, keep_cells, plan
from harness.targets import make_target
from harness.targets.within_reach import as_run_by


def planned_cells(options: Options, select: Sequence[str], styles: Sequence[str], shares: int = 1) -> list[PlannedCell]:
    """The cells of the scenarios that `select` chooses, in these styles (all that are judged where none is named).

    Raises `HarnessError` for a bad file or name, and for options that don't go together.
    """
    check_options(options)
    if options.issuer and not styles:
        raise UsageError(f"say in which style the issuer {options.issuer!r} is: the service trusts no other")
    for style in styles:
        if style not in VENDORS:
            raise UsageError(f"there is no style {style!r}{nearest(style, VENDORS)}")
    folders = [Path(name) for name in options.scenario_directories]
    scenarios = load_chosen(folders, select)
    target = make_target(options.target, options.target_settings())
    profile = as_run_by(target, load_profile(find_profile(options.profile_name(), folders), folders))
    planned = plan(scenarios, profile, options.target, tuple(styles) or STYLES, shares)
    return keep_cells(planned, select)
