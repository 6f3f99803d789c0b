"""A record that an argument names: `results.jsonl` or the folder it is in."""

from __future__ import annotations

from pathlib import Path

from harness.base.errors import UsageError
from harness.report.folder import RESULTS
from harness.report.manifest import release_of
from harness.report.page.beside import Beside
from harness.report.record import read_record
from harness.shown import terminal


def record_beside(record: Path) -> Beside:
    """A record that is compared with another; a last line that is cut off is a warning.

    Raises `UsageError` where it holds no cell.
    """
    file = record / RESULTS if record.is_dir() else record
    found = read_record(file)
    if not found.results:
        raise UsageError(f"{file} holds no cell")
    if found.is_torn:
        terminal.say(f"warning: {file}: its last line is cut off: that cell is lost", err=True)
    return Beside(str(record), found.results, release_of(file.parent))
