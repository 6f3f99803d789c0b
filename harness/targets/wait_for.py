"""Waits until a service is healthy; for compose files, where its image has nothing that could ask.

    python -m harness.targets.wait_for URL SECONDS

Exit status 0 once `GET URL/health` answers 200, 1 with the last state when the seconds are over, 2 for a wrong call.
"""

from __future__ import annotations

import math
import sys
import threading

from harness.processes.readiness import health_state, wait_until


def main(url: str, seconds: float) -> int:
    """The exit status, after saying on standard error what is missing."""

    def missing() -> str | None:
        healthy, state = health_state(url)
        return None if healthy else state

    state = wait_until(missing, threading.Event().wait, seconds)
    if state is None:
        return 0
    print(f"GET {url}/health did not answer 200 within {seconds:g} s; last state: {state}", file=sys.stderr)
    return 1


def called(arguments: list[str]) -> int:
    """The exit status of a call with these arguments."""
    try:
        url, seconds = arguments[0], float(arguments[1])
    except (IndexError, ValueError):
        url, seconds = "", math.nan
    if not 0 <= seconds < threading.TIMEOUT_MAX:
        print("usage: python -m harness.targets.wait_for URL SECONDS, a number of at least 0", file=sys.stderr)
        return 2
    return main(url, seconds)


if __name__ == "__main__":
    sys.exit(called(sys.argv[1:]))
