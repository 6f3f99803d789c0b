"""Waiting for a service to answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.base.errors import HarnessError
from harness.wire.exchange import Connection, Request

HEALTH_PATH = "/health"
# What a person can do about a service that wasn't ready in time.
LONGER = "--target-option boot_seconds=N gives it longer"
_PROBE_SECONDS = 2.0
_INTERVAL_SECONDS = 0.01
# Looking at the system's connections costs 10 ms of processor time; most of it should be left to what starts.
_SHARE_OF_WAITING, _LONGEST_INTERVAL_SECONDS = 4, 0.1


def health_state(base_url: str, path: str = HEALTH_PATH, *, any_status: bool = False) -> tuple[bool, str]:
    """Ask once, for two seconds at most. Whether the answer was 200, and what came, in words.

    With `any_status` every answer will do by which a service doesn't say that it can't serve, so all below 500.

    No proxy is used, whatever this process's environment says, and no redirect is followed.
    """
    try:
        with Connection(base_url) as connection:
            answer = connection.send(Request("GET", path), answer_seconds=_PROBE_SECONDS)
    except HarnessError as problem:
        return False, str(problem)
    ready = answer.status is not None and answer.status < 500 if any_status else answer.status == 200
    return ready, answer.summary()


def wait_until(check: Callable[[], str | None], ended: Callable[[float], bool], seconds: float) -> str | None:
    """Call `check` until it returns `None` (then so does this), `ended` says so, or `seconds` are over.

    `check` returns what is still missing, in words; `ended` waits as many seconds as it is given, or less
    when there is nothing left to wait for. Returns what was missing last.
    """
    started = looked_at = time.monotonic()
    while (missing := check()) is not None:
        now = time.monotonic()
        pause = min(max(_INTERVAL_SECONDS, _SHARE_OF_WAITING * (now - looked_at)), _LONGEST_INTERVAL_SECONDS)
        if ended(pause) or now - started > seconds:
            return missing
        looked_at = time.monotonic()
    return None
