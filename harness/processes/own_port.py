"""Waiting for a service that chose its port itself."""

from __future__ import annotations

from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess
from harness.processes.readiness import health_state, wait_until


def wait_until_healthy(process: GuardedProcess, seconds: float) -> tuple[str, str | None]:
    """The address of a service, once it is healthy: the one port that it listens on, so it is surely ours.

    The second value says what was missing last when the service ended or `seconds` were over, else it is `None`.
    """
    base_url = ""

    def missing() -> str | None:
        nonlocal base_url
        listening = ports.listening_ports(process.pid)
        if not listening:
            return "it listens on no port yet"
        base_url = f"http://{ports.LOOPBACK}:{min(listening)}"
        healthy, state = health_state(base_url)
        return None if healthy else state

    state = wait_until(missing, process.wait, seconds)
    return base_url, state
