"""`idp-harness compare`: two records, or two cards, and where the services in them do otherwise."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK
from harness.cli.output import OutputFile, document_with, json_text
from harness.cli.records import record_beside
from harness.measure.card import card_console, print_differences
from harness.measure.record import differences, in_common, is_card, read_card
from harness.report.comparison import Comparison
from harness.report.comparison_text import print_comparison
from harness.shown import terminal
from harness.shown.terminal import words


@click.command()
@click.argument("first", type=click.Path(exists=True, path_type=Path))
@click.argument("second", type=click.Path(exists=True, path_type=Path))
@click.option("--most", type=click.IntRange(min=0), metavar="N", help="At most so many scenarios.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write it as JSON, too.")
def compare(first: Path, second: Path, most: int | None, json_file: Path | None) -> int:
    """Show where the services of two records do otherwise: two releases, two libraries, two services of one system.

    FIRST and SECOND are each a results.jsonl, or the folder it is in. What counts is what a service did: a deviation
    that is listed as a finding is the same one as a failure. Or both are behaviour cards, as `measure --json` writes
    them: then it is the rows that differ by more than their resolution.

    Exit status 0 if all that both judged or measured came out alike, 1 if something differs, 3 if they have nothing
    in common.

    \b
    Examples:
      idp-harness run --target process --command './service-1.4 {port}' --report-dir before
      idp-harness run --target process --command './service-1.5 {port}' --report-dir after
      idp-harness compare before after
      idp-harness compare card-1.4.json card-1.5.json
    """
    output = OutputFile(json_file, document_with("meta", "alike", "differences")) if json_file else None
    meta: dict[str, Any] = {"version": version("idp-harness"), "first": str(first), "second": str(second)}
    if is_card(first) or is_card(second):
        status, document = _compare_cards(first, second)
        if output:
            output.write(json_text({"meta": {**meta, "exit_status": status}, **document}))
        return status
    one, other = record_beside(first), record_beside(second)
    comparison = Comparison(one.results, other.results)
    releases = (one.release, other.release)
    names = (str(first), str(second))
    print_comparison(terminal.console(), comparison, names=names, releases=releases, most=most)
    if output:
        judged_by = dict(zip(("first", "second"), releases, strict=True))
        output.write(json_text(comparison.document({**meta, "judged_by": judged_by})))
    return comparison.exit_status()


def _compare_cards(first: Path, second: Path) -> tuple[int, dict[str, Any]]:
    """Print which rows of two cards differ; returns the exit status, and the comparison for machines."""
    one, other = (read_card(file)["readings"] for file in (first, second))
    different = differences(one, other)
    both, wrong = in_common(one, other)
    console = card_console()
    print_differences(console, first, different, names=(str(first), str(second)))
    console.print(words(f"{both - len(different)} rows alike, {len(different)} differ"))
    if wrong:
        console.print(words(f"{len(wrong)} not compared, as measuring went wrong: {', '.join(wrong)}"))
    rows = [{"name": name, "first": old, "second": new} for name, old, new in different]
    status = EXIT_FAILED if different else EXIT_OK if both else EXIT_COULD_NOT_RUN
    return status, {"alike": both - len(different), "not_compared": wrong, "differences": rows}
