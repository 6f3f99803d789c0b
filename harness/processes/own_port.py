"""Waiting for a service that chose its port itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from harness.base.errors import TargetError
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


def wait_for_other_port(process: GuardedProcess, base_url: str, seconds: float) -> str:
    """HOST:PORT of the one other port that the process listens on beside `base_url`, so that too is surely its own.

    Raises `TargetError` when there is none within `seconds`, or more than one.
    """
    others: set[int] = set()

    def missing() -> str | None:
        nonlocal others
        others = ports.listening_ports(process.pid) - {urlsplit(base_url).port or 0}
        return None if others else f"it listens on no port but that of {base_url}"

    if (state := wait_until(missing, process.wait, seconds)) is not None:
        raise TargetError(f"the service serves no gRPC within {seconds:g} s: {state}")
    if len(others) > 1:
        raise TargetError(f"the service listens on {len(others)} ports beside {base_url}, and one must be for gRPC")
    return f"{ports.LOOPBACK}:{others.pop()}"
