"""`idp-harness client`: which credential a client program sends."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import click

from harness.base.errors import UsageError
from harness.base.verdicts import EXIT_OK, CellResult, exit_status
from harness.cli.output import OutputFile, document_with, json_text
from harness.client.case_file import BUNDLED, CaseFile, bundled_file, load_cases
from harness.client.known import FOLDER, Known, apply, bundled_known, load_known
from harness.client.output import COLOURS, details, document, summary
from harness.client.trial import Program, try_case
from harness.shown.foreign_text import foreign, one_line
from harness.shown.terminal import indented, say, say_in_colour

_MARGIN = 14


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[--] COMMAND...")
@click.option("--cases", "cases", default="tasker", show_default=True, metavar="NAME|FILE", help="The cases to try.")
@click.option("--case", "names", multiple=True, metavar="CASE", help="Try this one alone. May be given again.")
@click.option(
    "--expected", metavar="NAME|FILE", help="Known deviations. [default: those of the command's name, if any]"
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="Set it in every case too, or pass it on from here. May be given again.",
)
@click.option(
    "--seconds", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="How long one start may take."
)
@click.option("--grpc", is_flag=True, help="The program speaks gRPC too: try the cases for that as well.")
@click.option("--strict", is_flag=True, help="A failed SHOULD makes the exit status 1, too.")
@click.option("--list", "listed", is_flag=True, help="List the cases and start nothing.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results as JSON.")
def client(
    command: tuple[str, ...],
    cases: str,
    names: tuple[str, ...],
    expected: str | None,
    variables: tuple[str, ...],
    seconds: float,
    grpc: bool,
    strict: bool,
    listed: bool,
    json_file: Path | None,
) -> int:
    """Start a client program once for each case, with the variables of that case, and judge what it sends.

    It must call an address on this machine that it is told: by variables that the cases set (Tasker's do), or by
    {orchestration}, {worker}, {url} and {port} in the command. What must arrive is the credential of the highest rank
    and no other, in its header. A program that calls nobody is inconclusive.

    \b
    Examples:
      idp-harness client -- tasker-ctl task list
      idp-harness client --case client-global-token -- my-client --server {url} list
      idp-harness client --cases mine.toml --env LANG -- ./sync.sh
      idp-harness client --list
    """
    file = load_cases(bundled_file(cases, BUNDLED))
    chosen = file.chosen(names, with_transport=grpc)
    if listed:
        width = max(len(case.name) for case in chosen)
        for case in chosen:
            say(f"{case.name:<{width}}  {case.level:<6}  {case.severity:<8}  {one_line(case.title)}")
        return EXIT_OK
    if not command:
        raise click.UsageError("Missing argument 'COMMAND': which program is to be started?")
    program = Program(Path(command[0]).name, _command(command), _variables(variables), seconds)
    known = _known(expected, program.name, file)
    output = OutputFile(json_file, document_with("version", "program", "results")) if json_file else None
    again = ["idp-harness", "client", *_options(cases, expected, variables), "--case"]
    began, results = time.monotonic(), list[CellResult]()
    for case in chosen:
        result = apply(try_case(file, case, program), known)
        results.append(result)
        say_in_colour(f"{result.verdict:<{_MARGIN}}", f"{result.id}  {result.title}", colour=COLOURS[result.verdict])
        for line in details(result, [*again, case.name, "--", *command]):
            say(" " * _MARGIN + indented(line, _MARGIN))
    say(summary(file, results, time.monotonic() - began))
    if output:
        output.write(json_text(document(file, program.name, results)))
    return exit_status(results, strict=strict)


def _command(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command with the path of its program, which the case's variables needn't know. Raises `UsageError`."""
    if (path := shutil.which(words[0])) is None:
        raise UsageError(f"there is no program {foreign(words[0])} that could be started")
    return (str(Path(path).absolute()), *words[1:])


def _variables(given: tuple[str, ...]) -> dict[str, str]:
    """The program's variables in every case: its search path is that of this process."""
    found = {"PATH": os.environ.get("PATH", os.defpath)}
    for one in given:
        name, equals, value = one.partition("=")
        if not name or not (equals or name in os.environ):
            raise UsageError(f"--env {foreign(one)}: no such variable is set here; write NAME=VALUE")
        found[name] = value if equals else os.environ[name]
    return found


def _known(expected: str | None, program: str, file: CaseFile) -> dict[str, Known]:
    if expected is not None:
        return dict(load_known(bundled_file(expected, FOLDER), file))
    found = bundled_known(program) if file.file.parent == BUNDLED else None
    return dict(load_known(found, file)) if found else {}


def _options(cases: str, expected: str | None, variables: tuple[str, ...]) -> list[str]:
    """The options that repeat a case, without the values of variables."""
    words = [] if cases == "tasker" else ["--cases", cases]
    words += ["--expected", expected] if expected else []
    return words + [word for one in variables for word in ("--env", one.partition("=")[0])]
