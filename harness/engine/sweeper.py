"""Removes the containers, networks and volumes with a label when the run that made them is over.

    python -P sweeper.py LABEL VALUE

It stands where testcontainers' Ryuk would, for engines without Ryuk's image: a process beside the harness, under the
same guard as services, so that `kill -9` of the harness ends in a SIGTERM here (and so does one of the guard).

- SIGUSR1: the run is over and has cleaned up; whatever is left is removed at once.
- SIGTERM: the harness is gone. It may have asked for something just before that the engine still makes, so the sweeper
  looks again for a while.

It prints `ready` once no signal can hit it unprepared.
"""

import contextlib
import signal
import sys
import time
from typing import Any

SIGNALS = (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LATE_SECONDS = 3.0  # For what the engine was still making.
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 0.2


def sweep(client: Any, label: str) -> bool:
    """Remove what carries the label, NAME=VALUE. Whether there was anything."""
    from docker.errors import APIError

    chosen = {"label": label}
    # In this order: a network or volume that is in use can't be removed.
    containers = client.containers.list(all=True, filters=chosen, ignore_removed=True)
    networks = client.networks.list(filters=chosen)
    volumes = client.volumes.list(filters=chosen)
    removals = [
        *((one.remove, {"v": True, "force": True}) for one in containers),
        *((one.remove, {}) for one in networks),
        *((one.remove, {"force": True}) for one in volumes),
    ]
    for remove, how in removals:
        with contextlib.suppress(APIError):  # Gone already, or still in use: the next look tells.
            remove(**how)
    return bool(removals)


def main() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    from testcontainers.core.docker_client import DockerClient

    client = DockerClient().client
    print("ready", flush=True)
    told = signal.sigwait(SIGNALS)
    begun = time.monotonic()
    quiet_since = begun
    late = 0.0 if told == signal.SIGUSR1 else LATE_SECONDS
    while (now := time.monotonic()) - begun < DEADLINE_SECONDS:
        if sweep(client, f"{sys.argv[1]}={sys.argv[2]}"):
            quiet_since = time.monotonic()
        elif now - quiet_since >= late:
            return 0
        time.sleep(PAUSE_SECONDS)
    return 1


if __name__ == "__main__":
    sys.exit(main())
