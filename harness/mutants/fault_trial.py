"""Files of faults are run in a process of their own first: one that exits, hangs or crashes ends that one only.

`python -m harness.mutants.fault_trial FILE DESCRIPTOR SECONDS` is that process. It writes what came out to the
descriptor.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError
from harness.mutants.fault_file import FaultFileError, is_loaded, load_faults
from harness.shown.foreign_text import foreign

SECONDS = 30.0
# A process that starts on a busy machine, on top of the file's own time.
_GRACE_SECONDS = 30.0
_MOST_BYTES = 64 * 1024


def try_faults(files: Iterable[Path], seconds: float = SECONDS) -> None:
    """Run each file that is not loaded yet, for no longer than that.

    Raises `FaultFileError` with the line at which the file ended its process, still ran or was wrong.
    """
    for file in files:
        if not is_loaded(file):
            _try(file, seconds)


def _try(file: Path, seconds: float) -> None:
    read, write = os.pipe()
    command = [sys.executable, "-m", "harness.mutants.fault_trial", str(file), str(write), str(seconds)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(write,), **quiet)  # type: ignore[call-overload]
    except OSError as error:
        os.close(read)
        raise HarnessError(f"{file} can't be tried: {foreign(error)}") from error
    finally:
        os.close(write)
    # The pipe at its input tells the process when this one is gone.
    with process, os.fdopen(read, "rb") as report:
        try:
            status = process.wait(seconds + _GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            process.kill()
        said = report.read(_MOST_BYTES)
    _judge(file, said, status, seconds)


def _judge(file: Path, said: bytes, status: int | None, seconds: float) -> None:
    """Raise `FaultFileError` unless the process said that all went well."""
    try:
        outcome: dict[str, Any] = json.loads(said)
    except ValueError:
        if not said and status is not None:
            how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
            raise FaultFileError(file, 1, f"the file ends the process that loads it ({how})") from None
        lines = re.findall(rb'File "' + re.escape(os.fsencode(file)) + rb'", line (\d+)', said)
        raise FaultFileError(file, int(lines[0]) if lines else 1, f"the file still ran after {seconds:g} s") from None
    if outcome:
        raise FaultFileError(file, int(outcome["line"]), str(outcome["sentence"]))


def _main(file: Path, descriptor: int, seconds: float) -> None:
    import harness.reference.faults  # noqa: F401 (what takes long to import is not the file's time)

    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    # Its watch needs no interpreter lock, which a loop in C may keep for ever.
    faulthandler.dump_traceback_later(seconds, exit=True, file=descriptor)
    try:
        load_faults([file])
        outcome = {}
    except FaultFileError as error:
        outcome = {"line": error.line, "sentence": error.sentence}
    faulthandler.cancel_dump_traceback_later()
    os.write(descriptor, json.dumps(outcome).encode())
    os._exit(0)  # Whatever the file has begun ends with it.


def _end_with_the_parent() -> None:
    os.read(0, 1)  # Not `sys.stdin`, which the file may want to close.
    os._exit(1)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
