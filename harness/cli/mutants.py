"""`idp-harness mutants`: the proof that the scenarios can fail."""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_OK, EXIT_USAGE
from harness.cli.options import (
    all_scenarios,
    mutants_from_option,
    processes_for,
    scenarios_option,
    workers_option,
)
from harness.cli.output import OutputFile, document_with, json_text
from harness.cli.pytest_call import FAULTY, call_pytest
from harness.declared.profile import find_profile, load_profile
from harness.grammar.vocabulary import STYLES
from harness.mutants.equivalent import load_equivalent
from harness.mutants.fault_file import load_faults, origin
from harness.mutants.fault_trial import try_faults
from harness.mutants.kill_matrix import KillMatrix, scenario_rows
from harness.mutants.mutant_run import MutantResult
from harness.mutants.reference_kinds import ReferenceKinds
from harness.mutants.selection import fault_line, left_out, select_faults
from harness.pytest_plugins.progress import ProgressReporter
from harness.report.mutation_report import print_matrix
from harness.report.page.html import is_page
from harness.report.page.kills import kills_page
from harness.scenario.plan import left_out as left_out_cells
from harness.scenario.plan import plan, select
from harness.shown import terminal
from harness.targets import make_target
from harness.targets.within_reach import as_run_by

_INDENT = 4
# So many are about what a fault costs until it is caught.
_CELLS_OF_A_FAULT = 10


@click.command()
@click.argument("mutants", nargs=-1, metavar="[MUTANT]...")
@scenarios_option
@mutants_from_option
@workers_option
@click.option(
    "--derived", is_flag=True, help="Faults that rules make of the reference's source, in place of the named ones."
)
@click.option("--list", "only_list", is_flag=True, help="Show which faults there are and end.")
@click.option("--all-kills", is_flag=True, help="Give every scenario its turn, not only up to the first kill.")
@click.option("--all-styles", is_flag=True, help="Every case in all vendors' styles, also where these change nothing.")
@click.option("--no-baseline", is_flag=True, help="Don't run the scenarios on the reference without a fault.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the matrix as JSON.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it as a page, too."
)
def mutants(
    mutants: tuple[str, ...],
    directories: tuple[Path, ...],
    fault_files: tuple[Path, ...],
    workers: str,
    derived: bool,
    only_list: bool,
    all_kills: bool,
    all_styles: bool,
    no_baseline: bool,
    json_file: Path | None,
    html: Path | None,
) -> int:
    """Switch each fault of the reference service on and see that a scenario fails; without a fault, none may.

    MUTANT is a name or a pattern such as 'm-exp-*'; all faults without one.

    Exit status 1 if a fault survives or the reference without a fault fails anything, and with --all-kills if a
    scenario catches none of the faults that it names; 3 if something could not be judged.

    \b
    Examples:
      idp-harness mutants
      idp-harness mutants m-no-exp-check --all-kills
      idp-harness mutants --derived --no-baseline
      idp-harness mutants 'd-claims-checker-*' --list
      idp-harness mutants --mutants-from fears.py --scenarios my-scenarios --json matrix.json
    """
    output = OutputFile(json_file, document_with("meta", "mutants", "scenarios")) if json_file else None
    page = OutputFile(html, is_page) if html else None
    try_faults(fault_files)
    load_faults(fault_files)
    names = select_faults(mutants, derived=derived)
    if only_list:
        for name in names:
            terminal.say(fault_line(name))
        return EXIT_OK
    if not (mutants or derived) and (missing := left_out()):
        terminal.say(missing)
    load_equivalent()  # What is wrong with it is said before anything runs.
    # In a file or a CI log the table needs room for the ids of cells.
    console = terminal.console(width=None if sys.stdout.isatty() else 140)
    scenarios = all_scenarios(directories)
    declared = load_profile(find_profile("reference", list(directories)), directories)
    profile = as_run_by(make_target("reference"), declared)
    kinds = ReferenceKinds(scenarios, directories, all_styles=all_styles)
    styles = STYLES if all_styles else ()
    used = {one.id for name in names for one in kinds.killers(name).scenarios_for(name, own=origin(name) is not None)}
    # The prefix of an id may be another id: then that one is in the baseline, too.
    prefixes = sorted(used) if mutants else []
    baseline = [] if no_baseline else plan(select(scenarios, prefixes), profile, "reference", styles)
    # Scenarios of another reference service than Tasker's have no cells there.
    no_baseline = no_baseline or not baseline
    reporter = ProgressReporter(console, len(baseline) + len(names), "mutants")
    workers = processes_for(workers, len(baseline) + _CELLS_OF_A_FAULT * len(names))
    args = ["--pyargs", "harness.suite.test_mutants", "-n", workers, *FAULTY]
    args += [] if no_baseline else ["harness.suite.test_scenarios", "--idp-target=reference", "--idp-strict"]
    args += [] if no_baseline else [f"--idp-select={prefix}" for prefix in prefixes]
    args += [f"--idp-mutant={name}" for name in names] if mutants else ["--idp-derived"] * derived
    args += [f"--idp-scenarios={directory.resolve()}" for directory in directories]
    args += [f"--idp-mutants-from={file.resolve()}" for file in fault_files]
    args += ["--idp-all-kills"] if all_kills else []
    args += ["--idp-all-styles"] if all_styles else []
    began, started = datetime.now(UTC), time.monotonic()
    status = call_pytest(args, reporter)
    seconds = time.monotonic() - started
    if status == pytest.ExitCode.INTERRUPTED and not reporter.problems:
        console.print("interrupted")
        return 130
    if status == pytest.ExitCode.USAGE_ERROR:
        return EXIT_USAGE  # Pytest has said what is wrong.
    judged = sorted((MutantResult(**row) for row in reporter.mutants), key=lambda one: one.mutant)
    cells = Counter(one.cell.scenario.id for one in plan(scenarios, profile, "reference", styles) if not one.verdict)
    matrix = KillMatrix(
        judged,
        None if no_baseline else sorted(reporter.results, key=lambda one: one.id),
        scenario_rows(scenarios, judged, cells, names if mutants or derived else ()),
        len(names),
        all_kills,
        0 if no_baseline or all_styles else left_out_cells(baseline),
    )
    print_matrix(console, matrix, seconds)
    meta: dict[str, Any] = {
        "version": version("idp-harness"),
        "started": began.isoformat(timespec="seconds"),
        "processes": workers,
        "duration_s": round(seconds, 1),
    }
    if output:
        output.write(json_text(matrix.document(meta)))
    if page:
        page.write(kills_page(matrix, meta))
    for problem in reporter.problems:
        console.print(terminal.words(f"could not run: {terminal.indented(problem, _INDENT)}"))
    unjudged = len(baseline) > len(reporter.results)
    return matrix.exit_status() or (EXIT_COULD_NOT_RUN if reporter.problems or unjudged else 0)
