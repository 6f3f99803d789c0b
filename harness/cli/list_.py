"""`idp-harness list`: which scenarios there are."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.options import scenarios_option
from harness.scenario.chosen import load_chosen
from harness.shown.foreign_text import one_line
from harness.shown.terminal import say


@click.command("list")
@click.argument("prefixes", nargs=-1, metavar="[ID-PREFIX]...")
@scenarios_option
def list_(prefixes: tuple[str, ...], directories: tuple[Path, ...]) -> None:
    """List scenarios: id, level, severity, number of variants and title.

    \b
    Example:
      idp-harness list rotation permissions/strict
    """
    chosen = load_chosen(directories, prefixes)
    width = max(len(scenario.id) for scenario in chosen)
    for scenario in chosen:
        say(
            f"{scenario.id:<{width}}  {scenario.level:<6}  {scenario.severity:<8}  "
            f"{len(scenario.variants):>2}  {one_line(scenario.title)}"
        )
