"""Waiting for a service that chose its port itself."""

from __future__ import annotations

from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess
from harness.processes.readiness import health_state, wait_until


def wait_until_healthy(process: GuardedProcess, seconds: float) -> tuple[str, str | None]:
    """The address of a service, once it is healthy: a port that it listens on, so it is surely ours.

    Of several ports (a service with gRPC has two, in an order that the system chooses) it is the first that answers
    the health check. The second value says what each answered last when the service ended or `seconds` were over,
    else it is `None`.
    """
    base_url = ""

    def missing() -> str | None:
        nonlocal base_url
        states = {}
        for port in sorted(ports.listening_ports(process.pid)):
            base_url = f"http://{ports.LOOPBACK}:{port}"
            healthy, states[base_url] = health_state(base_url)
            if healthy:
                return None
        if len(states) > 1:
            return "; ".join(f"{address}: {state}" for address, state in states.items())
        return states.get(base_url, "it listens on no port yet")

    state = wait_until(missing, process.wait, seconds)
    return base_url, state
