"""`python -m bench`: the matrix against its floor, and the start of `mock-idp serve`, in one run."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.floor import measure_floor
from bench.matrix import measure_matrix
from bench.serve import measure_serve
from harness.targets import make_target


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--target", "targets", multiple=True, default=("reference", "tasker-worker"), show_default=True)
@click.option("-n", "processes", multiple=True, default=("2",), show_default=True, help="Processes of the matrix.")
@click.option("--starts", default=10, show_default=True, help="Cold starts of mock-idp serve.")
@click.option("--style", "styles", multiple=True, help="Only these styles: a quick look instead of the whole matrix.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers, too.")
def main(
    targets: tuple[str, ...], processes: tuple[str, ...], starts: int, styles: tuple[str, ...], json_file: Path | None
) -> None:
    """Measure the whole matrix against the floor of the same run, and `mock-idp serve`.

    The floor of a cell is one minted token, one request to the service and one fetch of the key set, nothing
    else. Compare numbers of one run only.

    \b
    Examples:
      python -m bench
      python -m bench --target reference -n 0 -n 2 --style okta
    """
    console = Console()
    console.print(f"{platform.platform()}, CPython {platform.python_version()}, {os.cpu_count()} cores")
    numbers: dict[str, Any] = {"matrix": []}
    for target in targets:
        if reason := make_target(target, {}).available():
            console.print(f"{target} is left out: {reason}")
            continue
        floor = measure_floor(target)
        for count in processes:
            numbers["matrix"].append(measure_matrix(target, count, styles) | {"floor_ms": floor})
    console.print(matrix_table(numbers["matrix"]))
    numbers["serve"] = measure_serve(starts)
    console.print(serve_table(numbers["serve"]))
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def matrix_table(rows: list[dict[str, Any]]) -> Table:
    """One row a run. The last column is what the harness adds to the floor of a cell, in floors."""
    table = Table(title="The matrix (timed cells mostly wait, so the ratio is of the others)")
    for name in ("target", "n", "cells", "wall s", "cells/s", "median cell ms", "floor ms", "added, in floors"):
        table.add_column(name, justify="right")
    for row in rows:
        added = (row["median_cell_ms"] - row["floor_ms"]) / row["floor_ms"]
        table.add_row(
            *(row["target"], row["processes"], str(row["cells"]), f"{row['wall_s']:.1f}"),
            *(f"{row['cells'] / row['wall_s']:.1f}", f"{row['median_cell_ms']:.2f}", f"{row['floor_ms']:.2f}"),
            f"{added:.2f}",
        )
    return table


def serve_table(numbers: dict[str, float]) -> Table:
    """What `mock-idp serve` does."""
    table = Table(title="mock-idp serve")
    for name in ("first JWKS s (median)", "RSS MiB", "JWKS/s, 16 connections", "client_credentials tokens/s"):
        table.add_column(name, justify="right")
    table.add_row(
        *(f"{numbers['first_jwks_s']:.3f}", f"{numbers['rss_mib']:.0f}"),
        *(f"{numbers['jwks_per_s']:.0f}", f"{numbers['tokens_per_s']:.0f}"),
    )
    return table


if __name__ == "__main__":
    main()
