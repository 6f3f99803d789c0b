"""`idp-harness doctor`: what can be run on this machine, and what is in the way."""

from __future__ import annotations

import platform
import socket
import sys

import click

from harness.errors import HarnessError
from harness.targets import TARGETS, make_target
from harness.verdicts import EXIT_COULD_NOT_RUN


@click.command()
def doctor() -> int:
    """Say what this machine can run, and for everything that is in the way what to do about it.

    \b
    Example:
      idp-harness doctor
    """
    click.echo(f"Python {platform.python_version()} on {platform.platform()}")
    problems = 0
    for name in TARGETS:
        if name in ("process", "url"):
            continue
        try:
            reason = make_target(name, {}).available()
        except HarnessError as problem:
            reason = str(problem)
        problems += _line(f"target {name}", reason)
    problems += _line("loopback", _loopback())
    problems += _line("Python >= 3.11", None if sys.version_info >= (3, 11) else "install CPython 3.11 or newer")
    click.echo(
        "A service that runs already can be judged with --target url, one started by a command with --target process."
    )
    return EXIT_COULD_NOT_RUN if problems else 0


def _line(what: str, reason: str | None) -> int:
    mark = click.style("ok  ", fg="green") if reason is None else click.style("no  ", fg="red")
    click.echo(f"{mark}{what}" + (f": {reason}" if reason else ""))
    return int(reason is not None)


def _loopback() -> str | None:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 2):
            return None
    except OSError as problem:
        return f"127.0.0.1 can't be used: {problem}"
