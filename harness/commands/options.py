"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from harness.loader import bundled_directory, load_all
from harness.model import Scenario

scenarios_option = click.option(
    "--scenarios",
    "directories",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A directory of your own scenarios, beside the bundled ones. May be given again.",
)


def all_scenarios(directories: tuple[Path, ...]) -> list[Scenario]:
    """The bundled scenarios and those of `directories`. Raises `ScenarioFileError`."""
    return load_all([bundled_directory(), *directories])
