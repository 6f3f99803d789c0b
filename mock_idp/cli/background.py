"""`mock-idp start` and `mock-idp stop`: a server in the background, one for each folder."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_idp.cli.failing import CANNOT_RUN, USAGE, fail
from mock_idp.cli.saying import say
from mock_idp.run.ready_file import is_left_behind, read_ready_file
from mock_idp.run.stop_signals import stop_signals

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    import psutil

_READY, _LOG, _MARKER = "ready.json", "log.txt", ".made-by-mock-idp-start"
_DEFAULT_FOLDER = ".mock-idp"
_START_SECONDS, _STOP_SECONDS = 30.0, 10.0
_LOOK_SECONDS = 0.05
# What serve says of a terminal, which does not hold here.
_ENDING = "Ctrl-C ends it."

_folder_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(_DEFAULT_FOLDER),
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

    Where one runs already it is left as it is. The exit status is the server's when it doesn't start. Whatever ends
    this command before (Ctrl-C, a closed terminal, `kill -9`) ends the server, too.
    """
    with _ending_by_signals(), _own_folder(folder):
        # In full: it is by this path that `stop` knows the server.
        ready_file, log = folder.resolve() / _READY, folder / _LOG
        if running := _running(ready_file):
            click.echo(f"mock-idp runs already at {read_ready_file(ready_file)['url']}, process {running.pid}")
            return
        ready_file.unlink(missing_ok=True)
        with log.open("wb") as output:
            server = _Starting([*serve_options, "--ready-file", str(ready_file)], output.fileno())
        with contextlib.closing(server):
            server.wait_for(ready_file)
            if not ready_file.exists():
                status = server.end()
                say(log.read_text(errors="replace"), err=True, nl=False)
                fail(f"mock-idp serve did not start (exit status {status}).", USAGE if status == USAGE else CANNOT_RUN)
            banner = log.read_text(errors="replace").replace(_ENDING, f"mock-idp stop ends it. Its output: {log}")
            _say(banner)
            server.release_and_exit()
            fail(f"mock-idp serve has ended again; its output: {log}", CANNOT_RUN)


@click.command(epilog="Example: mock-idp stop")
@_folder_option
def stop(folder: Path) -> None:
    """End the server that `mock-idp start` started here. Where none runs that is said, and nothing is wrong."""
    ready_file = folder.resolve() / _READY
    if not _is_ours(folder) or not ready_file.exists():
        click.echo(f"No mock-idp runs here that mock-idp start has started ({ready_file}).")
        return
    with _ending_by_signals(), _own_folder(folder):
        server, about = _running(ready_file), read_ready_file(ready_file)
        if server is None:
            if about and is_left_behind(ready_file):
                ready_file.unlink(missing_ok=True)
            click.echo(f"No mock-idp runs here that mock-idp start has started ({ready_file}).")
            return
        _end(server)
        ready_file.unlink(missing_ok=True)
        click.echo(f"Stopped the mock-idp at {about['url']}, process {server.pid}.")


class _Starting:
    """A server that ends with this process until it is released."""

    def __init__(self, options: list[str], output: int) -> None:
        # -P: a file of the user's with the name of a library is none.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mock_idp.cli.started", "serve", *options],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,
        )

    def wait_for(self, ready_file: Path) -> None:
        """Return once the file is there, the server has ended, or it takes too long."""
        deadline = time.monotonic() + _START_SECONDS
        while not ready_file.exists() and time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_SECONDS)

    def release_and_exit(self) -> None:
        """Let the server go on by itself and end this process with status 0; return when the server has ended already.

        In one step: whoever kills this process finds either no server afterwards, or a status that says there is one.
        """
        # From here on a signal would come too late to end the server, and must not look as if it had.
        for number in stop_signals():
            signal.signal(number, signal.SIG_IGN)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"\n")
            os._exit(0)

    def end(self) -> int:
        """End the server; its exit status."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._process.wait()

    def close(self) -> None:
        self.end()


@contextlib.contextmanager
def _ending_by_signals() -> Iterator[None]:
    """Signals that end a process let it clean up first; the exit status is 128 + n for signal n."""

    def end(number: int, frame: object) -> None:
        sys.exit(128 + number)

    for number in stop_signals():
        signal.signal(number, end)
    yield


@contextlib.contextmanager
def _own_folder(folder: Path) -> Iterator[None]:
    """The folder, made if need be, for this process alone: who starts and stops there does so one after the other.

    Fails where files of somebody else have the names of ours, and where the folder can't be had.
    """
    if not _is_ours(folder):
        names = " and ".join(name for name in (_READY, _LOG) if (folder / name).exists())
        fail(f"{folder} has a {names} that mock-idp start has not made: give a folder of its own by --folder.", USAGE)
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if folder.name != _DEFAULT_FOLDER:
                (folder / _MARKER).touch()
            # Where a server can't write there is none to be started or stopped.
            tempfile.TemporaryFile(dir=folder).close()
            if sys.platform != "win32":
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                held.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            fail(f"{folder} can't be used: {error.strerror}; give another folder by --folder.", CANNOT_RUN)
        yield


def _say(text: str) -> None:
    """Print it if anybody reads it: what it is about is done."""
    try:
        say(text, nl=False)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Or the interpreter would try once more at its end.


def _is_ours(folder: Path) -> bool:
    """Whether the files with our names in it, if any, are ours to write and remove."""
    if folder.name == _DEFAULT_FOLDER or (folder / _MARKER).exists():
        return True
    return not any((folder / name).exists() for name in (_READY, _LOG))


def _running(ready_file: Path) -> psutil.Process | None:
    """The server of that ready file. A process that merely has its number by now is another one."""
    import psutil

    try:
        server = psutil.Process(read_ready_file(ready_file)["pid"])
        return server if str(ready_file) in server.cmdline() and not is_left_behind(ready_file) else None
    except (KeyError, ValueError, psutil.Error):
        return None


def _end(server: psutil.Process) -> None:
    """End it, and return when that is done."""
    import psutil

    try:
        server.terminate()
        server.wait(_STOP_SECONDS)
    except psutil.TimeoutExpired:
        server.kill()
        server.wait(_STOP_SECONDS)
    except psutil.NoSuchProcess:
        pass  # It ended by itself meanwhile.
    except psutil.AccessDenied:
        fail(f"Process {server.pid} belongs to {server.username()}, who alone can end it.", CANNOT_RUN)
