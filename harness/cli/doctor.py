"""`idp-harness doctor`: what can be run on this machine, and what is in the way."""

from __future__ import annotations

import platform
import socket
import sys
from importlib.util import find_spec

import click

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import EXIT_COULD_NOT_RUN
from harness.crates.build import missing_for_build
from harness.crates.server import BUILD_MINUTES
from harness.grammar.toml_source import shown
from harness.shown.foreign_text import foreign
from harness.shown.terminal import indented, say, say_in_colour
from harness.targets import TARGETS, grpc_services, make_target
from harness.targets.option_kinds import PEM_FILE
from harness.targets.orchestration_ways import ways_to_orchestration
from harness.wire.grpc_address import GrpcAddress
from harness.wire.grpc_library import why_not_installed

# Services that somebody brings along: nothing of this machine is in their way.
_BROUGHT = ("process", "url", "app")
# What the plain installation can do everywhere.
_REFERENCE = "reference"


@click.command()
@click.option(
    "--grpc",
    "address",
    metavar="HOST:PORT",
    help="Say which gRPC services answer there, by reflection; https://HOST:PORT for TLS.",
)
@click.option("--grpc-ca", "ca_file", metavar="FILE", default="", help="PEM file of the CA that --grpc trusts.")
def doctor(address: str | None, ca_file: str) -> int:
    """Say what this machine can run, and for everything that is in the way what to do about it.

    What an extra brings may be missing (-). The exit status is 3 where the harness itself can't work (no), or nobody
    answers at the address of --grpc.

    \b
    Examples:
      idp-harness doctor
      idp-harness doctor --grpc 127.0.0.1:9191
      idp-harness doctor --grpc https://127.0.0.1:9191 --grpc-ca ca.pem
    """
    if ca_file and (missing := PEM_FILE.kind.missing(ca_file)):
        raise UsageError(f"--grpc-ca must be {missing}, not {shown(ca_file)}")
    if address is not None:
        for name in grpc_services.grpc_services(GrpcAddress.read(address, ca_file)):
            say(name)
        return 0
    say(f"Python {platform.python_version()} on {platform.platform()}")
    problems = 0
    for name in (name for name in TARGETS if name not in _BROUGHT):
        problems += _line(f"target {name}", _target(name), needed=name == _REFERENCE)
    _ways()
    _line(f"build of tasker-orchestration, once, {BUILD_MINUTES}", _missing_for_build(), needed=False)
    _line("extra grpc", why_not_installed(), needed=False)
    _line("extra browser", None if find_spec("playwright") else "pip install 'idp-harness[browser]'", needed=False)
    problems += _line("loopback", _loopback())
    problems += _line("Python >= 3.11", None if sys.version_info >= (3, 11) else "install CPython 3.11 or newer")
    say("A service that runs already can be judged with --target url, one started by a command with --target process.")
    return EXIT_COULD_NOT_RUN if problems else 0


def _line(what: str, reason: str | None, *, needed: bool = True) -> int:
    """Print one line; returns 1 for a problem, 0 for anything else."""
    mark, colour = ("ok  ", "green") if reason is None else ("no  ", "red") if needed else ("-   ", "yellow")
    say_in_colour(mark, what + (f": {indented(reason, len(mark))}" if reason else ""), colour=colour)
    return int(needed and reason is not None)


def _target(name: str) -> str | None:
    try:
        return make_target(name, {}).available()
    except HarnessError as problem:
        return str(problem)


def _ways() -> None:
    try:
        ways = ways_to_orchestration()
    except HarnessError:  # The line of the target says it.
        return
    for what, reason in ways:
        _line(f"orchestration by {what}", reason, needed=False)


def _missing_for_build() -> str | None:
    try:
        return "; ".join(missing_for_build()) or None
    except HarnessError as problem:
        return str(problem)


def _loopback() -> str | None:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), 2):
            return None
    except OSError as problem:
        return f"127.0.0.1 can't be used: {foreign(problem)}"
