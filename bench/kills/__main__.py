"""`python -m bench.kills`: kills commands of this project at random moments and says what is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.kills.kill import Kill, carry_out, choose, undisturbed_seconds
from bench.kills.subjects import NAMES, SUBJECTS, Subject, worker_is_missing

LEFT_SOMETHING = 1
_ORDINARY_USER = "nobody"


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--kills", "count", type=click.IntRange(1), default=200, show_default=True, help="How many that strike.")
@click.option("--first", type=click.IntRange(1), default=1, show_default=True, help="The number of the first one.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed chooses the same kills.")
@click.option("--only", "names", multiple=True, type=click.Choice(NAMES), help="Only this command.")
@click.option(
    "--target", type=click.Choice(["reference", "all"]), default="all", show_default=True, help="Whom to judge."
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the kills, too.")
def main(count: int, first: int, seed: int, names: tuple[str, ...], target: str, json_file: Path | None) -> None:
    """Kill run, mutants, measure, serve and start at random moments, and look for what is left.

    Killed are the main process, workers of pytest-xdist, guards and keepers, one by one and together, by SIGINT,
    SIGTERM, SIGKILL, Ctrl-C and a terminal that is closed. Left is a process, a file among the temporary ones, shared
    memory, or a record that lost lines or can't be read. As root, a part of the commands runs as an ordinary user.
    Exit status 1 when anything is left; --seed and --first repeat a kill.

    \b
    Examples:
      python -m bench.kills
      python -m bench.kills --kills 20 --target reference --seed 7
      python -m bench.kills --seed 7 --first 13 --kills 1
    """
    console = Console(highlight=False, soft_wrap=True)
    for number in (signal.SIGINT, signal.SIGHUP):  # A shell's background jobs, and nohup's, ignore them: so would ours.
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    subjects = [one for one in SUBJECTS if one.name in (names or NAMES) and not (one.real and target == "reference")]
    if (reason := worker_is_missing()) and any(one.real for one in subjects):
        console.print(f"without the real worker: {reason}")
        subjects = [one for one in subjects if not one.real]
    if not subjects:
        raise click.UsageError("nothing is left to kill")
    users = _users(console)
    usual: dict[str, float] = {}
    kills = []
    for number in range(first, first + 2 * count):
        if sum(kill.killed > 0 for kill in kills) == count:
            break
        subject = random.Random(f"{seed}-{number}-subject").choice(subjects)
        if subject.name not in usual:
            usual[subject.name] = undisturbed_seconds(subject)
            console.print(f"{subject.name} takes {usual[subject.name]:.1f} s")
        kill = choose(number, seed, subject, users)
        carry_out(kill, subject, usual[subject.name], seed)
        kills.append(kill)
        _print(console, kill)
    console.print(_table(kills, subjects))
    if json_file:
        json_file.write_text(json.dumps([asdict(kill) for kill in kills], indent=1) + "\n", encoding="utf-8")
    bad = [kill for kill in kills if kill.problems]
    struck = sum(kill.killed > 0 for kill in kills)
    console.print(f"{struck} of {len(kills)} commands were killed before they ended; {len(bad)} left something")
    sys.exit(LEFT_SOMETHING if bad else 0)


def _users(console: Console) -> tuple[str, ...]:
    """Whom the commands run as: this user, and as root an ordinary one, too, who must be able to run this Python."""
    if os.geteuid() != 0:
        return ("",)
    line = [sys.executable, "-c", "import harness"]
    try:
        done = subprocess.run(line, user=_ORDINARY_USER, cwd="/", capture_output=True, env={}, check=False)
        able = done.returncode == 0
    except OSError:
        able = False
    if not able:
        console.print(f"not as an ordinary user: {_ORDINARY_USER} can't run {sys.executable}")
    return ("", "", _ORDINARY_USER) if able else ("",)


def _print(console: Console, kill: Kill) -> None:
    console.print(str(kill), markup=False)
    for problem in kill.problems:
        console.print(f"  {problem}", markup=False)
    if kill.problems:
        console.print("  | " + "\n  | ".join(kill.output.splitlines()[-15:]), markup=False)


def _table(kills: list[Kill], subjects: list[Subject]) -> Table:
    table = Table("command", "kills", "struck", "left something", "lines of records", "longest wait s")
    for subject in subjects:
        ours = [kill for kill in kills if kill.subject == subject.name]
        if ours:
            table.add_row(
                subject.name,
                str(len(ours)),
                str(sum(kill.killed > 0 for kill in ours)),
                str(sum(bool(kill.problems) for kill in ours)),
                str(sum(kill.lines for kill in ours)),
                f"{max(kill.waited for kill in ours):.1f}",
            )
    for title, value in (("by", "how"), ("to", "victims")):
        for name, number in sorted(Counter(getattr(kill, value) for kill in kills if kill.killed).items()):
            table.add_row(f"{title} {name}", str(number))
    return table


if __name__ == "__main__":
    main()
