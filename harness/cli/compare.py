"""`idp-harness compare`: two records, and where the services in them do otherwise."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import click

from harness.base.errors import UsageError
from harness.base.verdicts import CellResult
from harness.cli.output import OutputFile, document_with, json_text
from harness.report.comparison import Comparison
from harness.report.comparison_text import print_comparison
from harness.report.folder import RESULTS
from harness.report.record import read_record
from harness.shown import terminal


@click.command()
@click.argument("first", type=click.Path(exists=True, path_type=Path))
@click.argument("second", type=click.Path(exists=True, path_type=Path))
@click.option("--most", type=click.IntRange(min=0), metavar="N", help="At most so many scenarios.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write it as JSON, too.")
def compare(first: Path, second: Path, most: int | None, json_file: Path | None) -> int:
    """Show where the services of two records do otherwise: two releases, two libraries, two services of one system.

    FIRST and SECOND are each a results.jsonl, or the folder it is in. What counts is what a service did: a deviation
    that is listed as a finding is the same one as a failure.

    Exit status 0 if all that both judged came out alike, 1 if something differs, 3 if they judged no cell in common.

    \b
    Example:
      idp-harness run --target process --command './service-1.4 {port}' --report-dir before
      idp-harness run --target process --command './service-1.5 {port}' --report-dir after
      idp-harness compare before after
    """
    output = OutputFile(json_file, document_with("meta", "alike", "differences")) if json_file else None
    comparison = Comparison(_cells(first), _cells(second))
    print_comparison(terminal.console(), comparison, names=(str(first), str(second)), most=most)
    if output:
        meta = {"version": version("idp-harness"), "first": str(first), "second": str(second)}
        output.write(json_text(comparison.document(meta)))
    return comparison.exit_status()


def _cells(record: Path) -> list[CellResult]:
    file = record / RESULTS if record.is_dir() else record
    found = read_record(file)
    if not found.results:
        raise UsageError(f"{file} holds no cell")
    if found.is_torn:
        terminal.say(f"warning: {file}: its last line is cut off: that cell is lost", err=True)
    return found.results
