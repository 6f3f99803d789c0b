"""What went wrong, as one sentence: whatever a part of the harness raises, one cell pays for it and says what it was.

The traceback goes to the log of Python's `logging`, logger `harness`, level DEBUG.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign

# What a part may raise without taking others with it. SystemExit: libraries mean the program, and are in a thread.
MISHAPS = (Exception, SystemExit)

_PACKAGE = Path(__file__).parents[1]
_LONGEST = 300
_log = logging.getLogger("harness")


def sentence(problem: BaseException, doing: str = "") -> str:
    """What `problem` says; for one that is no `HarnessError` also that it is a mistake of the harness, and where.

    `doing` is what was being done, such as "in the step send".
    """
    if isinstance(problem, HarnessError):
        return f"{type(problem).__name__}: {problem}"
    _log.debug("the harness made a mistake %s", doing, exc_info=problem)
    where = f" {doing}" if doing else ""
    return f"the harness made a mistake{where} ({_kind(problem)}{_place(problem)}): please report it"


def _kind(problem: BaseException) -> str:
    try:
        said = str(foreign(problem, _LONGEST))
    except MISHAPS:  # Such as the text of a number with too many digits.
        said = ""
    return f"{type(problem).__name__}: {said}" if said else type(problem).__name__


def _place(problem: BaseException) -> str:
    """The last line of the harness's own code that it came through."""
    place = ""
    for frame, line in traceback.walk_tb(problem.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(_PACKAGE):
            place = f", at {file.relative_to(_PACKAGE.parent)}:{line}"
    return place
