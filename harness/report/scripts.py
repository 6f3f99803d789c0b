"""The scripts that do again what cells did which did not pass."""

from __future__ import annotations

import re

from harness.verdicts import CellResult


def script_name(result: CellResult) -> str:
    """The name of a result's script: the cell's id as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", result.id).strip("-") + ".sh"


def script_text(result: CellResult) -> str:
    """The script of a result, with what it is about at its head; empty where the result has none."""
    lines = result.evidence.get("script")
    if not lines:
        return ""
    about = [f"# {result.id}", f"# expected {result.expected}", f"# actual   {result.actual}"]
    return "\n".join([lines[0], *(line.replace("\n", " ")[:300] for line in about), *lines[1:]]) + "\n"
