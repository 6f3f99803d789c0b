"""What is planned for the options of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.base.errors import UsageError
from harness.cell.environment import REAL_STYLES, Options, check_options
from harness.declared.profile import find_profile, load_profile
from harness.grammar.toml_source import nearest
from harness.grammar.vocabulary import STYLES, VENDORS
from harness.scenario.chosen import load_chosen
from harness.scenario.plan import PlannedCell, keep_cells, plan, without_waiting
from harness.targets import make_target
from harness.targets.within_reach import as_run_by


def planned_cells(
    options: Options,
    select: Sequence[str],
    styles: Sequence[str],
    shares: int = 1,
    *,
    all_styles: bool = False,
    fast: bool = False,
) -> list[PlannedCell]:
    """The cells of the scenarios that `select` chooses, in these styles.

    Where none is named each case runs in its own, or with `all_styles` in all that are judged. With `fast` only those
    that wait for nothing.

    Raises `HarnessError` for a bad file or name, and for options that don't go together.
    """
    check_options(options)
    if options.issuer and not styles:
        raise UsageError(f"say in which style the issuer {options.issuer!r} is: the service trusts no other")
    if styles and all_styles:
        raise UsageError("a style is asked for, and all styles: one of the two")
    for style in styles:
        if style not in VENDORS:
            raise UsageError(f"there is no style {style!r}{nearest(style, VENDORS)}")
    folders = [Path(name) for name in options.scenario_directories]
    scenarios = load_chosen(folders, select)
    target = make_target(options.target, options.target_settings())
    profile = load_profile(find_profile(options.profile_name(), folders), folders)
    profile = as_run_by(target, profile, real_issuer=bool(options.real_issuer))
    asked = REAL_STYLES if options.real_issuer else STYLES if all_styles else tuple(styles)
    planned = plan(scenarios, profile, options.target, asked, shares, named=select)
    kept = keep_cells(planned, select)
    return without_waiting(kept) if fast else kept
