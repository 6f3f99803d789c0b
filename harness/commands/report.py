"""`idp-harness report`: show a record again."""

from __future__ import annotations

from pathlib import Path

import click

from harness import terminal
from harness.errors import UsageError
from harness.foreign_text import foreign
from harness.input_file import InputFileError
from harness.report.foreign_cell import cell_of
from harness.report.summary import print_summary
from harness.verdicts import exit_status


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path), default=Path("report/results.jsonl"))
@click.option("--strict", is_flag=True, help="A broken SHOULD counts as failed.")
@click.option("--most", type=click.IntRange(min=0), metavar="N", help="At most so many scenarios for each verdict.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write what is shown as a picture, too.")
def report(record: Path, strict: bool, most: int | None, svg: Path | None) -> int:
    """Show the verdicts of a record (results.jsonl, or the folder it is in) and exit as the run did.

    \b
    Example:
      idp-harness report report/results.jsonl
    """
    file = record / "results.jsonl" if record.is_dir() else record
    results = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} can't be read: {foreign(problem)}") from problem
    for number, line in enumerate(lines, 1):
        try:
            results.append(cell_of(line))
        except InputFileError as problem:
            raise UsageError(f"{file}:{number}: is no record of a cell: {problem}") from problem
    console = terminal.console(record=svg is not None, width=120 if svg else None)
    print_summary(console, results, seconds=None, most=most)
    if svg:
        console.save_svg(str(svg), title="idp-harness run")
    return exit_status(results, strict=strict)
