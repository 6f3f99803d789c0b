"""Two clocks: that of the wall, which tests freeze and move, and one that nobody does.

freezegun, time-machine, pytest-freezer and `monkeypatch.setattr(time, "time", ...)` put another function in place of
`time.time`, or change what it does. So it is looked up at each call: who keeps the function keeps the time of before.
"""

from __future__ import annotations

import sys
import time
from types import BuiltinFunctionType


def wall() -> float:
    """Unix seconds, as the test around this process has them."""
    return time.time()


def wall_is_moved() -> bool:
    """Whether a test has put a clock of its own in the place of the machine's."""
    if not isinstance(time.time, BuiltinFunctionType):
        return True
    # time-machine leaves the function alone and says so elsewhere. Who has not imported it is not in its hands.
    machine = sys.modules.get("time_machine")
    return machine is not None and bool(machine.escape_hatch.is_travelling())


def steady() -> float:
    """Seconds that go on whatever a test does to its clocks: for deadlines, which a frozen clock would never reach.

    freezegun freezes `time.monotonic` too. Only differences mean something.
    """
    return time.clock_gettime(time.CLOCK_MONOTONIC)
