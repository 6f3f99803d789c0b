"""`mock-idp start` and `mock-idp stop`: a server in the background, one for each folder."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_idp.commands.failing import CANNOT_RUN, USAGE, fail

if TYPE_CHECKING:
    import psutil

_READY, _LOG = "ready.json", "log.txt"
_START_SECONDS, _STOP_SECONDS = 30.0, 10.0
_LOOK_SECONDS = 0.05
# What serve says of a terminal, which does not hold here.
_ENDING = "Ctrl-C ends it."

_folder_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".mock-idp"),
    show_default=True,
    help="Where the server's ready file and its output are kept.",
)


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: mock-idp start --style okta --port 9400",
)
@_folder_option
@click.argument("serve_options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF serve]...")
def start(folder: Path, serve_options: tuple[str, ...]) -> None:
    """Serve in the background until `mock-idp stop`; ends once the server is ready.

    Where one runs already it is left as it is. The exit status is the server's when it doesn't start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # In full: it is by this path that `stop` knows the server.
    ready_file, log = folder.resolve() / _READY, folder / _LOG
    if running := _running(ready_file):
        click.echo(f"mock-idp runs already at {_about(ready_file)['url']}, process {running.pid}")
        return
    ready_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "mock_idp", "serve", *serve_options, "--ready-file", str(ready_file)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + _START_SECONDS
    while not ready_file.exists() and time.monotonic() < deadline and process.poll() is None:
        try:
            process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    if not ready_file.exists():
        process.kill()
        process.wait()
        click.echo(log.read_text(errors="replace"), err=True, nl=False)
        status = USAGE if process.returncode == USAGE else CANNOT_RUN
        fail(f"mock-idp serve did not start (exit status {process.returncode}).", status)
    click.echo(log.read_text(errors="replace").replace(_ENDING, f"mock-idp stop ends it. Its output: {log}"), nl=False)
    # It goes on without this process.
    process.returncode = 0


@click.command(epilog="Example: mock-idp stop")
@_folder_option
def stop(folder: Path) -> None:
    """End the server that `mock-idp start` started here. Where none runs that is said, and nothing is wrong."""
    ready_file = folder.resolve() / _READY
    server = _running(ready_file)
    if server is None:
        ready_file.unlink(missing_ok=True)
        click.echo(f"No mock-idp runs here that mock-idp start has started ({ready_file}).")
        return
    url = _about(ready_file)["url"]
    import psutil

    try:
        server.terminate()
        server.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired:
        server.kill()
    except psutil.NoSuchProcess:
        pass  # It ended by itself meanwhile.
    ready_file.unlink(missing_ok=True)
    click.echo(f"Stopped the mock-idp at {url}, process {server.pid}.")


def _about(ready_file: Path) -> dict[str, Any]:
    """What the server has written; empty when there is nothing, or nothing readable."""
    try:
        about = json.loads(ready_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _running(ready_file: Path) -> psutil.Process | None:
    """The server of that ready file. A process that merely has its number by now is another one."""
    import psutil

    try:
        server = psutil.Process(int(_about(ready_file)["pid"]))
        return server if str(ready_file) in server.cmdline() else None
    except (KeyError, ValueError, psutil.Error):
        return None
