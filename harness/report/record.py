"""The record of a run, `results.jsonl`, as it is read back: one cell a line, the last of which may be cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.input_file import InputFileError
from harness.report.foreign_cell import cell_of
from harness.verdicts import CellResult

# A cell's evidence is bounded; a longer line is none of ours.
_LONGEST_LINE = 64 * 1024 * 1024
_BEGINNING = b'{"id": "'


def cells(file: Path) -> Iterator[tuple[int, CellResult | None]]:
    """The lines of a record with their numbers (1-based); None stands for a last line that was cut off.

    Raises `OSError` where the file can't be read, `ValueError` with a sentence that begins with the number of the
    line for one that is no record of a cell.
    """
    with file.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), 1):
            try:
                yield number, cell_of(line)
            except InputFileError as problem:
                if not line.endswith(b"\n") and line.startswith(_BEGINNING[: len(line)]):
                    yield number, None
                    return
                raise ValueError(f"{number}: is no record of a cell: {problem}") from problem


def is_record(file: Path) -> bool:
    """Whether each line of the file is a cell's. Raises `OSError`."""
    try:
        for _ in cells(file):
            pass
    except ValueError:
        return False
    return True
