"""What a service's log says of its end, where a case has ended it or a part of it."""

from __future__ import annotations

import re
import time

from harness.cell.cell_run import CellRun
from harness.shown.foreign_text import ForeignText
from harness.targets.base import Service

_LOG_LINES = 40
_ENDING_SECONDS, _PAUSE_SECONDS = 0.5, 0.02
# How programs, interpreters and servers with child processes put it.
_CRASH = re.compile(
    r"segmentation fault|segfault|core dumped|panicked at|fatal error|abort|assertion|exit signal|killed by|"
    r"sig(segv|abrt|bus|ill|fpe)|out of memory|stack overflow|unhandled|traceback",
    re.IGNORECASE,
)


def crash_of(run: CellRun) -> str:
    """A sentence about a service that ended, or let its last connection go where its log tells of a crash; else "".

    The line of the log is shown as somebody else's text.
    """
    service = run.session.service
    if service is None:
        return ""
    closed = bool(run.sent) and run.sent[-1].exchange.closed
    ended = _ends(run, service) if closed else not service.alive()
    if not ended and not closed:
        return ""
    lines = [line for line in service.log_tail(_LOG_LINES).as_it_came.splitlines() if line.strip()]
    telling = next((line for line in reversed(lines) if _CRASH.search(line)), "")
    if not ended:
        return f"the service fell over: its log says {ForeignText(telling.strip())}" if telling else ""
    line = telling or (lines[-1] if lines else "")
    return "the service ended in this case" + (f": its log says {ForeignText(line.strip())}" if line else "")


def _ends(run: CellRun, service: Service) -> bool:
    """Whether a service that let a connection go has ended; one that is about to takes a moment."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while service.alive():
        if time.monotonic() >= deadline:
            return False
        run.session.environment.pause(_PAUSE_SECONDS)
    return True
