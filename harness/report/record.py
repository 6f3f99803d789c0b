"""The record of a run, `results.jsonl`, as it is read back: one cell a line, the last of which may be cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import UsageError
from harness.base.verdicts import CellResult
from harness.report.foreign_cell import cell_of
from harness.shown.foreign_text import foreign
from mock_idp.tools.input_file import InputFileError, opened

# A cell's evidence is bounded; a longer line is none of ours.
_LONGEST_LINE = 64 * 1024 * 1024
_BEGINNING = b'{"id": "'


@dataclass(frozen=True)
class Record:
    """The cells of a record; `is_torn` when its last line was cut off, as by kill -9 or a full disk."""

    results: list[CellResult]
    is_torn: bool


def read_record(file: Path) -> Record:
    """Read a record. Raises `UsageError` with the line of what is no cell of a run."""
    results: list[CellResult] = []
    try:
        for result in _cells(file):
            if result is None:
                return Record(results, is_torn=True)
            results.append(result)
    except InputFileError as problem:
        raise UsageError(f"{file}:{problem.line}: {problem}") from problem
    return Record(results, is_torn=False)


def is_record(file: Path) -> bool:
    """Whether each line of the file is a cell's, but a last one that was cut off."""
    try:
        for _ in _cells(file):
            pass
    except InputFileError:
        return False
    return True


def line_of(record: dict[str, Any]) -> bytes:
    """The line of a cell. What JSON can't hold costs the evidence, never the cell."""
    try:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as problem:
        text = json.dumps(
            {**record, "config": {}, "evidence": {"lost": f"{type(problem).__name__}: {foreign(problem)}"}}
        )
    return (text + "\n").encode(errors="backslashreplace")


def _cells(file: Path) -> Iterator[CellResult | None]:
    """The cells of a file; None stands for a last line that was cut off. Raises `InputFileError`."""
    with opened(file) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), 1):
            try:
                yield cell_of(line)
            except InputFileError as problem:
                if not line.endswith(b"\n") and line.startswith(_BEGINNING[: len(line)]):
                    yield None
                    return
                raise InputFileError(f"is no record of a cell: {problem}", number) from problem
