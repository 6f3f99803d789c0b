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


def peers_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row a server, each rate followed by how many times that of the server ours is; then the limits."""
    heads = ("", "JWKS/s", "ours", "tokens/s", "ours", "cold s", "RSS MiB")
    cells = [
        (
            row["name"],
            *_with_ratio(row, rows[0], "jwks_per_s"),
            *_with_ratio(row, rows[0], "tokens_per_s"),
            f"{row['first_jwks_s']:.3f}" if "first_jwks_s" in row else "",
            f"{row['rss_mib']:.0f}" if "rss_mib" in row else "",
        )
        for row in rows
    ]
    table = _table("Servers under the same load, in turns; medians", heads, cells)
    busy = max(row.get("jwks_per_s_generator_busy", 0) for row in rows)
    notes = [f"{row['name']}: {row['note']}" for row in rows if row.get("note")]
    table.caption = "\n".join([*notes, f"The load generator was busy for at most {busy:.0%} of the time."])
    table.caption_justify = "left"
    return table


def _with_ratio(row: Mapping[str, Any], ours: Mapping[str, Any], name: str) -> tuple[str, str]:
    if name not in row:
        return "", ""
    ratio = f"{ours[name] / row[name]:.2f} x" if name in ours else ""
    return f"{row[name]:.0f}", ratio


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in heads:
        table.add_column(name, justify="right" if name else "left", no_wrap=not name)
    for row in rows:
        table.add_row(*map(str, row))
    return table
