"""`idp-harness mutants`: the proof that the scenarios can fail."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.commands.options import all_scenarios, scenarios_option
from harness.commands.pytest_call import call_pytest
from harness.errors import UsageError
from harness.mutants import KILLED, named_mutants
from harness.report.progress import ProgressReporter
from harness.toml_source import nearest
from harness.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK, EXIT_USAGE


@click.command()
@click.argument("mutants", nargs=-1, metavar="[MUTANT]...")
@scenarios_option
@click.option("-n", "workers", default="auto", show_default=True, metavar="N", help="Processes.")
@click.option("--all-kills", is_flag=True, help="Run every scenario that names a fault, not only up to the first kill.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the matrix as JSON.")
def mutants(
    mutants: tuple[str, ...], directories: tuple[Path, ...], workers: str, all_kills: bool, json_file: Path | None
) -> int:
    """Switch each fault of the reference service on and see that a scenario which names it fails.

    Exit status 1 if a fault survives.

    \b
    Examples:
      idp-harness mutants
      idp-harness mutants m-no-exp-check --all-kills
    """
    from harness.reference.faults import FAULTS  # The reference service loads Flask.

    for name in mutants:
        if name not in FAULTS:
            raise UsageError(f"the reference has no fault {name!r}{nearest(name, FAULTS)}")
    console = Console()
    named = named_mutants(all_scenarios(directories), FAULTS)
    total = len(mutants or named)
    reporter = ProgressReporter(console, total, "mutants")
    args = ["--pyargs", "harness.suite.test_mutants", "-n", workers]
    args += [f"--idp-mutant={name}" for name in mutants]
    args += [f"--idp-scenarios={directory.resolve()}" for directory in directories]
    args += ["--idp-all-kills"] if all_kills else []
    started = time.monotonic()
    status = call_pytest(args, reporter)
    if status == pytest.ExitCode.USAGE_ERROR:
        return EXIT_USAGE  # Pytest has said what is wrong.
    rows = sorted(reporter.mutants, key=lambda row: str(row["mutant"]))
    if json_file:
        json_file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(kill_matrix(rows))
    killed = sum(row["verdict"] == KILLED for row in rows)
    console.print(f"{killed} of {total} faults killed in {time.monotonic() - started:.1f} s")
    if not mutants and (unnamed := sorted(set(FAULTS) - set(named))):
        console.print(f"{len(unnamed)} faults are named by no scenario yet: {', '.join(unnamed)}", highlight=False)
    for problem in reporter.problems:
        console.print(f"could not run: {problem}", markup=False, highlight=False)
    if killed == total and not reporter.problems:
        return EXIT_OK
    if status == 2 and not rows:
        return EXIT_COULD_NOT_RUN
    return EXIT_FAILED if len(rows) == total else EXIT_COULD_NOT_RUN


def kill_matrix(rows: list[dict[str, object]]) -> Table:
    """One row a fault: what it does, whether it was caught, and by what."""
    table = Table(box=None, pad_edge=False)
    for column in ("fault", "verdict", "caught by", "cells"):
        table.add_column(column, overflow="fold")
    for row in rows:
        killers = row["killers"]
        assert isinstance(killers, list)
        colour = "green" if row["verdict"] == KILLED else "red"
        caught = escape(", ".join(killers) or str(row["other_verdicts"]))
        table.add_row(str(row["mutant"]), f"[{colour}]{row['verdict']}[/]", caught, str(row["cells_run"]))
    return table
