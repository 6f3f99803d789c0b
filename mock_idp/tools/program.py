"""A program as scripts meet it: its outputs may go away at any time, and whatever happens has its exit status."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from mock_idp.tools.printable import printable

OK, USAGE, CANNOT_RUN, INTERRUPTED = 0, 2, 3, 130
# Set to anything it shows where an error of our own comes from.
TRACEBACK = "IDP_HARNESS_TRACEBACK"
_ROOT = Path(__file__).resolve().parent.parent.parent
_LONGEST = 500


def run(name: str, command: Callable[[], Any]) -> NoReturn:
    """End this process with what `command` returns or exits with.

    An exception of our own, and an output that can't be written, end with 3 and one line on standard error; Ctrl-C
    ends with 130. Status 1 is never ours to give: it says that a service broke a requirement.
    """
    output = _guarded("stdout", 1)
    _guarded("stderr", 2)
    try:
        status = _status(command())
    except SystemExit as end:
        status = _status(end.code)
    except KeyboardInterrupt:
        status = INTERRUPTED
    except Exception as error:
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        print(f"{name}: {sentence(error)}", file=sys.stderr)
        status = CANNOT_RUN
    sys.stdout.flush()
    if output.problem is not None and status != USAGE:
        print(f"{name}: what it prints can't be written: {output.problem.strerror}", file=sys.stderr)
        status = CANNOT_RUN
    sys.stderr.flush()
    sys.exit(status)


def _is_temporary(file: object) -> bool:
    import tempfile  # No other part of a quick start needs it.

    try:
        return isinstance(file, str) and Path(file).is_relative_to(tempfile.gettempdir())
    except OSError:  # There is none at all.
        return False


def sentence(error: BaseException) -> str:
    """What an exception that nobody expected says, in one line with where it comes from, and never a traceback."""
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        hint = "; set TMPDIR to a folder with room that can be written to" if _is_temporary(error.filename) else ""
        return _line(f"this machine is in the way: {error.strerror}{place}{hint}")
    if isinstance(error, MemoryError):
        return "this machine is in the way: there is not enough memory"
    return f"an error of its own: {_line(f'{type(error).__name__}: {error}')}{_place(error)}; {TRACEBACK}=1 shows more"


def _line(text: str) -> str:
    """Text of whatever origin as one line that a terminal can show."""
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _place(error: BaseException) -> str:
    """Where in our own code it happened."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(_ROOT) and "site-packages" not in file.relative_to(_ROOT).parts:
            return f" ({file.relative_to(_ROOT)}:{frame.lineno})"
    return ""


def _status(code: Any) -> int:
    if code is None:
        return OK
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return CANNOT_RUN


def _guarded(name: str, descriptor: int) -> _Output:
    """Put an output that can't fail in the place of `sys.stdout` or `sys.stderr`."""
    found = getattr(sys, name)
    output = _Output(descriptor)
    stream = io.TextIOWrapper(
        io.BufferedWriter(output),
        encoding=getattr(found, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=name == "stderr" or output.isatty(),
        write_through=getattr(found, "write_through", False),
    )
    if found is not None:
        found.flush()
    setattr(sys, name, stream)
    return output


class _Output(io.RawIOBase):
    """A descriptor for output; `problem` is why writing to it failed, and from then on nothing is written."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._closed_from_the_start = descriptor, _reserved(descriptor)
        self.problem: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        self.problem = self.problem or self._closed_from_the_start
        while self.problem is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # Somebody who shares the terminal has made it so.
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.problem = error
        return len(data)


def _reserved(descriptor: int) -> OSError | None:
    """Why the descriptor can't be written to. A closed one is opened, or the next file would get its number."""
    try:
        os.fstat(descriptor)
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != descriptor:
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
        return OSError(errno.EBADF, error.strerror)
    return None
