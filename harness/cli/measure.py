"""`idp-harness measure`: the behaviour card of a service."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from harness.base.errors import HarnessError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK
from harness.cell.environment import Options, check_options
from harness.cli.options import (
    check_idp,
    control_token_option,
    default_target,
    scenarios_option,
    target_settings,
)
from harness.cli.output import OutputFile, document_with, json_text
from harness.cli.target_options import TargetOptions
from harness.declared.profile import find_profile, load_profile
from harness.declared.quantities import QUANTITIES
from harness.grammar.policies import known_knobs
from harness.grammar.vocabulary import STYLES, VENDORS
from harness.matrix.target_runs import TargetRuns
from harness.measure.card import card_console, print_card, print_differences
from harness.measure.progress import MeasureProgress
from harness.measure.proposal import is_proposal, propose_profile
from harness.measure.reading import BROKEN, ERROR, Reading
from harness.measure.record import card_record, differences, read_card
from harness.measure.runner import measure as measure_rows
from harness.measure.runner import select_experiments
from harness.shown.terminal import say, words
from harness.targets import TARGETS, make_target


@click.command()
@click.option(
    "--target", type=click.Choice(sorted(TARGETS)), help="The service to measure. [default: the real Tasker worker]"
)
@click.option("--profile", metavar="NAME|FILE", help="What the service declares, its documented values and thresholds.")
@click.option("--base-url", metavar="URL", help="Where a running service is (--target url).")
@click.option("--command", metavar="LINE", help="How to start the service (--target process).")
@click.option("--target-option", multiple=True, metavar="KEY=VALUE", help="Another setting of the target.")
@click.option("--idp-url", metavar="URL", help="A running mock-idp instead of an embedded one.")
@control_token_option
@click.option("--issuer", metavar="ID", help="The issuer there that the service trusts.")
@click.option("--style", type=click.Choice(VENDORS), help=f"The issuer's vendor. [default: {STYLES[0]}]")
@scenarios_option
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Switch a fault of the reference service on.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this row of the card. May be given again.")
@click.option(
    "-n",
    "at_once",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many experiments side by side at most; 1 for a service that is slow to start.",
)
@click.option(
    "--propose-profile",
    "proposal_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the policies and refusals that were seen, as lines for a profile.",
)
@click.option("--list", "list_rows", is_flag=True, help="List the rows of the card and measure nothing.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the card as JSON.")
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier card (--json): exit status 1 when a row differs by more than its resolution.",
)
def measure(
    target: str | None,
    profile: str | None,
    base_url: str | None,
    command: str | None,
    target_option: tuple[str, ...],
    idp_url: str | None,
    control_token: str | None,
    issuer: str | None,
    style: str | None,
    directories: tuple[Path, ...],
    faults: tuple[str, ...],
    only: tuple[str, ...],
    at_once: int | None,
    proposal_file: Path | None,
    list_rows: bool,
    json_file: Path | None,
    compare: Path | None,
) -> int:
    """Find out by experiment what a service does, and print it beside what its documents say.

    Nothing passes or fails here, except where the profile has thresholds: exit status 1 when one is broken, 3 when
    something could not be measured that the target should be able to do.

    \b
    Examples:
      idp-harness measure
      idp-harness measure --target reference --only exp-leeway --only cool-down
      idp-harness measure --target reference --json card.json
      idp-harness measure --target reference --compare card.json
      idp-harness measure --target process --command 'my-api --port {port} --jwks {jwks_url}' --profile mine.toml \\
                          -n 1 --propose-profile seen.toml
    """
    experiments = select_experiments(only)
    if list_rows:
        _list(only)
        return EXIT_OK
    output = OutputFile(json_file, document_with("version", "target", "readings")) if json_file else None
    proposal = OutputFile(proposal_file, is_proposal) if proposal_file else None
    console = card_console()
    earlier = read_card(compare) if compare else None
    settings = tuple(target_settings(base_url, command, target_option))
    given = TargetOptions(target, profile, settings, idp_url, issuer, control_token, (style,) if style else ())
    judged = given.or_from_environment(os.environ)
    target = judged.target or default_target(console)
    style = judged.styles[0] if judged.styles else STYLES[0]
    options = Options(
        target=target,
        profile=judged.profile,
        target_options=judged.settings,
        scenario_directories=tuple(str(directory) for directory in directories),
        idp_url=judged.idp_url,
        control_token=control_token,
        issuer=judged.issuer,
        faults=faults,
    )
    check_options(options)
    check_idp(judged.idp_url, control_token, judged.issuer)
    load_profile(find_profile(options.profile_name(), list(directories)), directories)
    if reason := make_target(target, options.target_settings()).available():
        raise HarnessError(f"the target {target} can't be used here: {reason}")
    started = time.monotonic()
    with closing(TargetRuns()) as runs, MeasureProgress(console, len(experiments), target) as progress:
        environment = runs.of(options).sessions.environment
        readings = measure_rows(environment, style, experiments, only, progress.done, most_at_once=at_once)
    seconds = time.monotonic() - started
    print_card(console, readings)
    record = card_record(
        readings,
        target=target,
        profile=environment.profile.name,
        style=style,
        refresh_seconds=environment.profile.refresh_seconds,
        max_stale_seconds=environment.profile.max_stale_seconds,
        seconds=round(seconds, 1),
    )
    if output:
        output.write(json_text(record))
    if proposal:
        proposal.write(propose_profile(readings, known_knobs(directories)))
    console.print(words(f"{len(readings)} rows of {environment.profile.title}, style {style}, in {seconds:.1f} s"))
    different = differences(earlier["readings"], record["readings"]) if earlier else []
    if compare:
        print_differences(console, compare, different)
    return EXIT_FAILED if different else exit_status(readings)


def exit_status(readings: Sequence[Reading]) -> int:
    """1 when a threshold is broken, else 3 when an experiment failed."""
    if any(reading.verdict == BROKEN for reading in readings):
        return EXIT_FAILED
    return EXIT_COULD_NOT_RUN if any(reading.status == ERROR for reading in readings) else EXIT_OK


def _list(only: tuple[str, ...]) -> None:
    rows = [row for row in QUANTITIES.values() if not only or row.name in only]
    width = max(len(row.name) for row in rows)
    for row in rows:
        about = f" ({row.unit}, ± {row.resolution:g})" if row.resolution else f" ({row.unit})" if row.unit else ""
        say(f"{row.name:<{width}}  {row.what}{about}")
