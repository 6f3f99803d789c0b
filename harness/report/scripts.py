"""The scripts that do again what cells did which did not pass."""

from __future__ import annotations

import hashlib
import re

from harness.base.verdicts import CellResult
from harness.shown.shell_words import comment

# Most file systems take 255 bytes.
_LONGEST_NAME = 180


def script_name(result: CellResult) -> str:
    """The name of a result's script: the cell's id as a file name."""
    name = re.sub(r"[^a-z0-9]+", "-", result.id).strip("-")
    if not name or len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(result.id.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        name = f"{name[:_LONGEST_NAME]}-{digest}".strip("-")
    return f"{name}.sh"


def script_text(result: CellResult) -> str:
    """The script of a result, with what it is about at its head; empty where the result has none."""
    lines = result.evidence.get("script")
    if not lines:
        return ""
    about = [comment(result.id), comment(result.expected, "expected"), comment(result.actual, "actual  ")]
    return "\n".join([lines[0], *about, *lines[1:]]) + "\n"
