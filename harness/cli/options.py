"""Options that several commands share."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console

from harness.base.bundled import bundled_directory
from harness.grammar.model import Scenario
from harness.idp.client import IdpClient, control_token_problem
from harness.scenario.loader import load_all
from harness.shown.terminal import words
from harness.targets import make_target

DEFAULT_TARGET = "tasker-worker"

scenarios_option = click.option(
    "--scenarios",
    "directories",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A directory of your own scenarios, beside the bundled ones. May be given again.",
)

mutants_from_option = click.option(
    "--mutants-from",
    "fault_files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A Python file with faults of your own for the reference service. May be given again.",
)


# More would only get in each other's way, and a slip of the finger would start them all.
_MOST_PROCESSES = 256


def _process_count(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """A number of processes, or a word of pytest-xdist that stands for one."""
    if value in ("auto", "logical") or (value.isascii() and value.isdigit() and int(value[:9]) <= _MOST_PROCESSES):
        return value
    raise click.BadParameter(f"{value!r} is neither auto nor a number from 0 to {_MOST_PROCESSES}.")


# One process is done with these before others have come up.
_CELLS_OF_ONE_PROCESS = 60


def processes_for(asked: str, cells: int) -> str:
    """How many processes run so many cells where `asked` is a number, or `auto`: as many as are worth it."""
    return "0" if asked == "auto" and cells <= _CELLS_OF_ONE_PROCESS else asked


workers_option = click.option(
    "-n",
    "workers",
    callback=_process_count,
    default="auto",
    show_default=True,
    metavar="N",
    help="Processes; 0 runs in this one, as auto does with few cells.",
)


def _control_token(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and (problem := control_token_problem(value)):
        raise click.BadParameter(f"{problem}.")
    return value


control_token_option = click.option(
    "--control-token",
    callback=_control_token,
    envvar="MOCK_IDP_CONTROL_TOKEN",
    metavar="TEXT",
    help="What the mock-idp at --idp-url asks for. [env: MOCK_IDP_CONTROL_TOKEN]",
)


def check_idp(idp_url: str | None, control_token: str | None, issuer: str | None) -> None:
    """Raise `HarnessError` unless the identity provider that was named answers and has the issuer that was named."""
    if idp_url is not None:
        with closing(IdpClient(idp_url, control_token)) as client:
            client.check(issuer)


def all_scenarios(directories: tuple[Path, ...]) -> list[Scenario]:
    """The bundled scenarios and those of `directories`. Raises `ScenarioFileError`."""
    return load_all([bundled_directory(), *directories])


def default_target(console: Console) -> str:
    """The real Tasker worker, or, after saying why it can't be used here, the reference service."""
    reason = make_target(DEFAULT_TARGET, {}).available()
    if reason is None:
        return DEFAULT_TARGET
    console.print(words(f"The real Tasker worker can't be used here: {reason}\nJudging the reference service instead."))
    return "reference"


def target_settings(base_url: str | None, command: str | None, others: tuple[str, ...]) -> list[tuple[str, str]]:
    """The settings of a target as pairs; `others` are KEY=VALUE.

    Raises `click.UsageError` without an equals sign, and for an option that is given twice.
    """
    given: list[tuple[str, str | None]] = [("base-url", base_url), ("command", command)]
    for one in others:
        key, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--target-option takes KEY=VALUE, not {one!r}")
        given.append((key, value))
    settings = [(key, value) for key, value in given if value is not None]
    for name, count in Counter(key.replace("-", "_") for key, _ in settings).items():
        if count > 1:
            raise click.UsageError(f"the option {name} of the target is given {count} times")
    return settings
