"""A program that is run until it ends or its time is over, as against a service, which stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.processes.guarded_process import GuardedProcess
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import ForeignText


@dataclass(frozen=True)
class Ended:
    """How a program ended: the exit status, `None` where its time was over, and the last lines of what it said."""

    status: int | None
    said: ForeignText


def run_to_end(
    command: Sequence[str], environment: Mapping[str, str], *, name: str, seconds: float, lines: int
) -> Ended:
    """Run a program for so many seconds at most; nothing of it is left behind. `name` is for its log.

    Raises `TargetError` when it can't be started.
    """
    log = ServiceLog(name)
    try:
        process = GuardedProcess(command, environment=environment, log=log)
        try:
            process.wait(seconds)
            status = process.exit_status()
        finally:
            process.stop()
        return Ended(status, log.tail(lines))
    finally:
        log.close()
