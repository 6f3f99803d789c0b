"""`python -m examples`: prepares, judges and measures the examples, and brings the page about them up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from examples.tool.example import Example, load_example, names
from examples.tool.judging import build_folder, judge, judge_again, measure
from examples.tool.measured import take_over
from examples.tool.needs import missing
from examples.tool.preparing import prepared
from examples.tool.selection import quick_selection
from examples.tool.versions import compare_versions
from examples.tool.web import verifiers_page
from harness.base.errors import HarnessError
from harness.base.verdicts import EXIT_COULD_NOT_RUN
from harness.cli.output import OutputFile
from harness.report.page.html import is_page


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Services on well-known verifiers: judge them, measure them, and write down what came out."""


@main.command("list")
def list_() -> None:
    """The examples, and what this machine lacks for them."""
    for example in map(load_example, names()):
        lacking = "; ".join(missing(example.needs))
        click.echo(f"{example.name:<28}  {example.title}{f'  ({lacking})' if lacking else ''}")


@main.command()
@click.argument("chosen", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--ci", is_flag=True, help="Those that CI runs.")
@click.option("--quick", is_flag=True, help="A handful of scenarios and a finding of each area; nothing is measured.")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID-PREFIX", help="Only these, and measure nothing.")
@click.option("--row", "rows", multiple=True, metavar="ROW", help="Only measure, and only this row of the card.")
@click.option("--only", type=click.Choice(["judge", "measure"]), help="Of a whole run only this half.")
@click.option("--again", is_flag=True, help="Judge once more what the last whole run left undecided; measure nothing.")
@click.option("-n", "processes", default="auto", show_default=True, help="Processes; so many experiments at once, too.")
def run(
    chosen: tuple[str, ...],
    everything: bool,
    ci: bool,
    quick: bool,
    scenarios: tuple[str, ...],
    rows: tuple[str, ...],
    only: str | None,
    again: bool,
    processes: str,
) -> None:
    """Judge and measure examples. The exit status is the worst of those of idp-harness.

    Records go to build/examples/NAME; a part of the scenarios or rows leaves those of a whole run alone.
    """
    examples = [load_example(name) for name in (names() if everything or ci else chosen)]
    examples = [one for one in examples if one.ci or not ci]
    if not examples:
        raise click.UsageError("name an example, or --all, or --ci; `python -m examples list` shows them")
    worst = 0
    for example in examples:
        click.echo(f"== {example.name}: {example.title}")
        try:
            selected = quick_selection(example) if quick else scenarios
            worst = max(worst, _again(example, processes) if again else _run(example, selected, rows, only, processes))
        except HarnessError as error:
            click.echo(str(error), err=True)
            worst = max(worst, EXIT_COULD_NOT_RUN)
    sys.exit(worst)


def _run(example: Example, scenarios: tuple[str, ...], rows: tuple[str, ...], only: str | None, processes: str) -> int:
    folder, build = prepared(example, click.echo), build_folder(example)
    more = ["-n", processes]
    few = more if processes not in ("auto", "0") else []  # Of itself measure knows how many a machine bears.
    if scenarios or rows:
        statuses = [judge(example, folder, build / "part", scenarios=scenarios, more=more)] if scenarios else []
        return max([*statuses, *([measure(example, folder, build / "part", rows=rows, more=few)] if rows else [])])
    judged = judge(example, folder, build, more=more) if only != "measure" else 0
    return max(judged, measure(example, folder, build, more=few) if only != "judge" else 0)


def _again(example: Example, processes: str) -> int:
    return judge_again(example, prepared(example, click.echo), build_folder(example), more=["-n", processes])


@main.command()
@click.argument("name", metavar="NAME")
@click.argument("package", metavar="PACKAGE==VERSION")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID-PREFIX", help="Judge by these.")
@click.option("--row", "rows", multiple=True, metavar="ROW", help="Measure this row of the card.")
@click.option("-n", "processes", default="auto", show_default=True, help="Processes.")
def compare(name: str, package: str, scenarios: tuple[str, ...], rows: tuple[str, ...], processes: str) -> None:
    """Say what an example does otherwise with another version of a package that it pins.

    Exit status 1 when something differs, 3 when it could not be found out.
    """
    if not scenarios and not rows:
        raise click.UsageError("by what? Name scenarios with --scenario or rows of the card with --row")
    more = {"scenarios": scenarios, "rows": rows, "processes": processes}
    try:
        sys.exit(compare_versions(load_example(name), package, say=click.echo, **more))
    except HarnessError as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_COULD_NOT_RUN)


@main.command()
@click.argument("chosen", nargs=-1, metavar="[NAME]...")
def take(chosen: tuple[str, ...]) -> None:
    """Take what whole runs recorded into each measured.json, and say what is otherwise than before.

    `python tests/doc_tables.py` then brings docs/verifiers.md up to date.
    """
    for example in map(load_example, chosen or names()):
        for line in take_over(example, build_folder(example)):
            click.echo(f"{example.name}: {line}")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def page(file: Path) -> None:
    """Write what is known of all examples, the tables of docs/verifiers.md, as one HTML file."""
    try:
        OutputFile(file, is_page).write(verifiers_page())
    except HarnessError as error:
        raise click.UsageError(str(error)) from error


if __name__ == "__main__":
    main()
