"""Whether two builds say the same of the cells that both of them have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

Verdicts = dict[str, str]


def verdicts_in(record: Path) -> Verdicts:
    """The verdict of each cell of a `results.jsonl`, by its id."""
    lines = record.read_text(encoding="utf-8").splitlines()
    return {cell["id"]: cell["verdict"] for cell in map(json.loads, lines)}


def moved(older: Verdicts, newer: Verdicts) -> Iterable[str]:
    """A line for each cell that both have and that they don't say the same of."""
    for cell_id in sorted(older.keys() & newer.keys()):
        if older[cell_id] != newer[cell_id]:
            yield f"{cell_id}: {older[cell_id]}, now {newer[cell_id]}"
