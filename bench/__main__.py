"""`python -m bench`: the matrix, the mutants, what the harness adds to its floor, `mock-idp serve` and its peers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.cells import measure_cells
from bench.machine import describe_machine
from bench.matrix import measure_matrix
from bench.mutants import measure_mutants
from bench.peers import measure_peers
from bench.serve import measure_serve
from bench.tables import cells_table, matrix_table, mutants_table, peers_table, serve_table
from harness.grammar.vocabulary import STYLES
from harness.targets import TARGETS, make_target

PARTS = ("matrix", "cells", "mutants", "serve", "peers")


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("select", nargs=-1, metavar="[ID-PREFIX]...")
@click.option(
    "--target",
    "targets",
    multiple=True,
    type=click.Choice(sorted(TARGETS)),
    default=("reference", "tasker-worker"),
    show_default=True,
)
@click.option(
    "-n",
    "processes",
    multiple=True,
    type=click.IntRange(0),
    default=(0, 2),
    show_default=True,
    help="Processes of the whole matrix, and of the mutants where it isn't 0; may be given again.",
)
@click.option("--style", "styles", multiple=True, type=click.Choice(STYLES), help="Only this style: a quick look.")
@click.option("--only", "parts", multiple=True, type=click.Choice(PARTS), default=PARTS, help="Only this part.")
@click.option("--starts", type=click.IntRange(1), default=10, show_default=True, help="Cold starts of a server.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds of load on the peers.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers, too.")
def main(
    select: tuple[str, ...],
    targets: tuple[str, ...],
    processes: tuple[int, ...],
    styles: tuple[str, ...],
    parts: tuple[str, ...],
    starts: int,
    rounds: int,
    json_file: Path | None,
) -> None:
    """Measure the matrix, every fault, what a cell costs against its floor, `mock-idp serve`, and other mock servers.

    The floor of a cell is one minted token, one request to the service and one fetch of the key set, nothing
    else. It is measured after each cell, on the same parts, so that both feel the same load. Compare numbers of
    one run only.

    \b
    Examples:
      python -m bench
      python -m bench --target reference -n 2 --style okta
      python -m bench --only mutants -n 2
      python -m bench --only peers --rounds 9
      python -m bench --only cells --target reference kid permissions --json cells.json
    """
    console = Console()
    machine = describe_machine()
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['platform']}, "
        f"{machine['python']}, load {machine['load_average'][0]}",
        highlight=False,
    )
    numbers: dict[str, Any] = {"machine": machine, "matrix": [], "cells": [], "mutants": []}
    for target in targets:
        if reason := make_target(target, {}).available():
            console.print(f"{target} is left out: {reason}")
            continue
        for count in processes if "matrix" in parts else ():
            console.print(f"the matrix on {target}, -n {count} …", highlight=False)
            numbers["matrix"].append(measure_matrix(target, count, styles, select))
        if "cells" in parts:
            console.print(f"the cells of {target}, one after the other …")
            numbers["cells"].append(measure_cells(target, styles, select))
    if numbers["matrix"]:
        console.print(matrix_table(numbers["matrix"]))
    if numbers["cells"]:
        console.print(cells_table(numbers["cells"]))
    for count in processes if "mutants" in parts else ():
        if count:
            console.print(f"every fault of the reference, -n {count} …", highlight=False)
            numbers["mutants"].append(measure_mutants(count))
    if numbers["mutants"]:
        console.print(mutants_table(numbers["mutants"]))
    if "serve" in parts:
        numbers["serve"] = measure_serve(starts)
        console.print(serve_table(numbers["serve"]))
    if "peers" in parts:
        console.print("mock-idp and its peers, in turns …")
        numbers["peers"] = measure_peers(rounds, starts=starts)
        console.print(peers_table(numbers["peers"]))
    if json_file:
        json_file.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
