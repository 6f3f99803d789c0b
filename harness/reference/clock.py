"""The two clocks of the service, handed in so that a test can set them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """`now()` is epoch seconds (for claims), `monotonic()` seconds that never jump (for the key cache)."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
