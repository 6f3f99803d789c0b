"""`idp-harness report`: show a record again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from harness.base.errors import UsageError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_OK, exit_status
from harness.cli.output import OutputFile
from harness.cli.records import record_beside
from harness.measure.record import read_card
from harness.report.comparison import Comparison
from harness.report.comparison_text import print_comparison
from harness.report.files import BADGE, JUNIT, MARKDOWN, PAGE, SARIF, ReportFile, Run
from harness.report.folder import RESULTS
from harness.report.manifest import begun, how_it_went, left_out_of, profile_of
from harness.report.page.document import About
from harness.report.record import read_record
from harness.report.summary import print_summary
from harness.shown import terminal

_TITLE = "idp-harness run"


def _file_option(name: str, what: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """An option with a file that is written, too."""
    return click.option(
        name, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help=f"Write {what}, too."
    )


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path), default=Path("report/results.jsonl"))
@click.option("--strict", is_flag=True, help="A broken SHOULD counts as failed.")
@click.option("--most", type=click.IntRange(min=0), metavar="N", help="At most so many causes for each verdict.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write what is shown as a picture, too.")
@_file_option("--html", "the page to look at")
@_file_option("--junit", "JUnit")
@_file_option("--markdown", "the summary for a pull request")
@_file_option("--sarif", "SARIF for code scanning")
@_file_option("--badge", "the badge")
@click.option(
    "--beside",
    type=click.Path(exists=True, path_type=Path),
    metavar="RECORD",
    help="Another record, as of the release before: what differs.",
)
@click.option(
    "--card",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The service's behaviour card (measure --json), for the page.",
)
@click.option("--open", "opened", is_flag=True, help="Write that page beside the record and open it in a browser.")
def report(
    record: Path,
    strict: bool,
    most: int | None,
    svg: Path | None,
    html: Path | None,
    junit: Path | None,
    markdown: Path | None,
    sarif: Path | None,
    badge: Path | None,
    beside: Path | None,
    card: Path | None,
    opened: bool,
) -> int:
    """Show the verdicts of a record (results.jsonl, or the folder it is in) and exit as the run did.

    Where the run was ended before its last cell, or the last line is cut off, a warning says so and what is there is
    shown; the exit status is then 3 where it would be 0.

    \b
    Example:
      idp-harness report report/results.jsonl
      idp-harness report --open
      idp-harness report after --beside before --card card.json --open
      idp-harness report report --sarif code-scanning.sarif --markdown comment.md
    """
    file = record / RESULTS if record.is_dir() else record
    found = read_record(file)
    results = found.results
    gap = how_it_went(file.parent, len(results)) if file.name == RESULTS else ""
    if not results and not found.is_torn and not gap:
        raise UsageError(f"{file} holds no cell")
    other = record_beside(beside) if beside else None
    readings = read_card(card) if card else None
    output = OutputFile(svg, _is_picture) if svg else None
    page = html or (file.parent / PAGE.name if opened else None)
    named: list[tuple[ReportFile, Path | None]] = [
        (PAGE, page), (JUNIT, junit), (MARKDOWN, markdown), (SARIF, sarif), (BADGE, badge),
    ]  # fmt: skip
    outputs = [(one, OutputFile(place, one.is_ours)) for one, place in named if place]
    console = terminal.console(record=svg is not None, width=120 if svg else None)
    left_out = left_out_of(file.parent) if file.name == RESULTS else 0
    print_summary(console, results, seconds=None, most=most, left_out=left_out)
    if other:
        print_comparison(console, Comparison(other.results, results), names=(other.name, str(record)), most=most)
    if output:
        output.write(console.export_svg(title=_TITLE))
    if outputs:
        about = About(left_out=left_out, note=gap, strict=strict)
        if file.name == RESULTS:
            started, release = begun(file.parent)
            about = replace(about, started=started, release=release, profile=profile_of(file.parent))
        for one, place in outputs:
            place.write(one.made(Run(results, about, file, beside=other, card=readings)))
    if page:
        terminal.say(f"page {page}")
        if opened and click.launch(page.resolve().as_uri()):
            terminal.say(f"warning: no browser could be started: open {page} in one", err=True)
    for sentence in filter(None, ("its last line is cut off: that cell is lost" if found.is_torn else "", gap)):
        terminal.say(f"warning: {file}: {sentence}", err=True)
    status = exit_status(results, strict=strict) if results else EXIT_COULD_NOT_RUN
    return EXIT_COULD_NOT_RUN if status == EXIT_OK and (found.is_torn or gap) else status


def _is_picture(data: bytes) -> bool:
    """Whether it is the picture of a run."""
    return data.lstrip().startswith(b"<svg") and b"rich-terminal" in data and _TITLE.encode() in data
