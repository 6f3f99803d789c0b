"""Waits until a service is healthy; for compose files, where its image has nothing that could ask.

    python -m harness.targets.wait_for URL SECONDS

Exit status 0 once `GET URL/health` answers 200, 1 with the last state when the seconds are over.
"""

from __future__ import annotations

import sys
import threading

from harness.targets.readiness import health_state, wait_until


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
