"""`python -m bench.older`: this build and an older one, in turns."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.installed import NotInstalledError
from bench.machine import describe_machine
from bench.older.builds import older_build, this_build
from bench.older.lines import PARTS, Part
from bench.older.verdicts import Verdicts, moved


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)), metavar="[PART]...")
@click.option("--commit", default="f9de3d8", show_default=True, help="The older build, as git names it.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Measurements of each, in turns.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers, too.")
def main(parts: tuple[str, ...], commit: str, rounds: int, json_file: Path | None) -> None:
    """Measure this checkout beside an older commit of it, and hold their verdicts against each other.

    The older one is taken out of git and installed into the user's cache folder, once. Each round measures first the
    one, then the other; what is shown are medians, and the part of the older one's number that is left.

    \b
    Parts: worker, reference, mutants, tests, fixture, plugins; without any, all but tests, which take long.

    \b
    Examples:
      python -m bench.older
      python -m bench.older reference --rounds 5
      python -m bench.older tests --rounds 1 --commit main~20
    """
    console = Console()
    try:
        builds = older_build(commit), this_build()
    except NotInstalledError as error:
        raise click.ClickException(str(error)) from error
    chosen = [PARTS[name] for name in parts or [name for name in PARTS if name != "tests"]]
    numbers: dict[str, Any] = {"machine": describe_machine(), "commit": builds[0].name, "lines": {}, "moved": {}}
    table = Table("", builds[0].name, builds[1].name, "of it", "wanted", title="Medians", title_justify="left")
    for part in chosen:
        console.print(f"{part.name} …", highlight=False)
        samples: list[dict[str, list[float]]] = [defaultdict(list) for _ in builds]
        verdicts: tuple[Verdicts, Verdicts] = {}, {}
        for _ in range(rounds):
            for build, sample, said in zip(builds, samples, verdicts, strict=True):
                for name, number in part.measure(build, said).items():
                    sample[name].append(number)
        numbers["lines"] |= _add_rows(table, part, *samples)
        numbers["moved"][part.name] = list(moved(*verdicts))
    console.print(table)
    for name, lines in numbers["moved"].items():
        console.print(
            f"{name}: {len(lines)} cells of both have another verdict" if lines else f"{name}: the same verdicts"
        )
        for line in lines:
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def _add_rows(
    table: Table, part: Part, older: dict[str, list[float]], newer: dict[str, list[float]]
) -> dict[str, dict[str, Any]]:
    """A row for each line of the part; returns its numbers."""
    rows = {}
    for line in part.lines:
        before, after = statistics.median(older[line.name]), statistics.median(newer[line.name])
        left = after / before if before > 0 else None
        table.add_row(
            *(line.name, f"{before:.2f} {line.unit}", f"{after:.2f} {line.unit}"),
            f"{left:.2f}" if left is not None else "",
            f"≤ {line.target:.2f}" if line.target else "say it",
        )
        rows[line.name] = {"unit": line.unit, "older": older[line.name], "now": newer[line.name], "of_it": left}
    return rows


if __name__ == "__main__":
    main()
