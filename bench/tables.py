"""The numbers as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table


def matrix_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each run of the whole matrix."""
    cells = [
        (row["target"], row["processes"], row["cells"], f"{row['wall_s']:.1f}", f"{row['cells_per_s']:.0f}")
        for row in rows
    ]
    return _table("The whole matrix, start to end", ("target", "-n", "cells run", "wall s", "cells/s"), cells)


def cells_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Two rows a target: what a cell costs against the floor, for the cell in the middle and for all together.

    The total leaves out the cells that wait on purpose and those that start a service; a cell sends up to sixty
    requests, the floor one.
    """
    heads = ("target", "", "cells", "cell", "floor", "cell / floor")
    cells: list[tuple[object, ...]] = []
    for row in rows:
        median = f"{row['median_cell_ms']:.2f} ms", f"{row['median_floor_ms']:.2f} ms", f"{row['median_ratio']:.2f}"
        total = f"{row['plain_cells_s']:.2f} s", f"{row['plain_floors_s']:.2f} s", f"{row['plain_ratio']:.2f}"
        cells += [
            (row["target"], "median", row["cells"], *median),
            (row["target"], "total", row["plain_cells"], *total),
        ]
    return _table("One cell at a time, and the floor after it", heads, cells)


def mutants_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each run of all faults; `at once` is the faults' own time against the wall time."""
    heads = ("-n", "faults", "killed", "cells", "baseline cells", "wall s", "faults s", "at once")
    cells = [
        (
            *(row["processes"], row["faults"], row["killed"], row["cells"], row["baseline_cells"]),
            *(f"{row['wall_s']:.1f}", f"{row['faults_s']:.1f}", f"{row['at_once']:.1f}"),
        )
        for row in rows
    ]
    return _table("Every fault, start to end", heads, cells)


def serve_table(numbers: Mapping[str, float]) -> Table:
    """What `mock-idp serve` does."""
    heads = ("first JWKS s", "slowest", "RSS MiB", "JWKS/s", "client_credentials tokens/s")
    row = (
        *(f"{numbers['first_jwks_s']:.3f}", f"{numbers['slowest_first_jwks_s']:.3f}", f"{numbers['rss_mib']:.0f}"),
        *(f"{numbers['jwks_per_s']:.0f}", f"{numbers['tokens_per_s']:.0f}"),
    )
    title = f"mock-idp serve: median of {numbers['starts']} cold starts; {numbers['connections']} connections"
    return _table(title, heads, [row])


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in heads:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*map(str, row))
    return table
