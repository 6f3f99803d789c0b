"""`idp-harness check`: are the scenario files right?"""

from __future__ import annotations

from pathlib import Path

import click

from harness.base.bundled import bundled_directory
from harness.cli.options import all_scenarios, scenarios_option
from harness.declared.expected import load_expected
from harness.declared.profile import load_profile
from harness.scenario.styles import styles_of
from harness.shown.terminal import say


@click.command()
@scenarios_option
def check(directories: tuple[Path, ...]) -> None:
    """Check scenario, profile and expected-findings files without running anything.

    The first mistake is shown as FILE:LINE with the nearest known word, and the exit status is 2.

    \b
    Example:
      idp-harness check --scenarios my-scenarios
    """
    scenarios = all_scenarios(directories)
    profiles = 0
    for folder in [*directories, bundled_directory()]:
        for file in sorted((folder / "profiles").glob("*.toml")):
            load_profile(file, directories)
            profiles += 1
        for file in sorted((folder / "expected").glob("*.toml")):
            load_expected(file.stem, scenarios, directories)
    variants = sum(len(scenario.variants) for scenario in scenarios)
    every = sum(len(variant.styles) for scenario in scenarios for variant in scenario.variants)
    cells = sum(len(styles_of(scenario, variant)) for scenario in scenarios for variant in scenario.variants)
    say(
        f"{len(scenarios)} scenarios, {variants} variants, {cells} cells ({every} with --all-styles) and "
        f"{profiles} profiles are well formed"
    )
