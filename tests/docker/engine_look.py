"""What a run has in the engine and among the processes, found by its id."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec

import psutil
import pytest

SECONDS = 180.0
# A machine that has to have an engine has to have the extra as well: there the import says so.
needs_testcontainers = pytest.mark.skipif(
    find_spec("testcontainers") is None and os.environ.get("IDP_HARNESS_REQUIRE_DOCKER") != "1",
    reason="testcontainers is not installed: pip install 'idp-harness[docker]'",
)


def docker(*arguments: str) -> list[str]:
    """The lines that a command of the engine prints."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split("\n")[:-1]


def in_engine(run_id: str) -> list[str]:
    """Containers, networks and volumes that carry the label of the run, each as `kind name`."""
    label = f"label=org.idp-harness.run={run_id}"
    found = [f"container {one}" for one in docker("ps", "-a", "--filter", label, "--format", "{{.Names}} {{.Image}}")]
    found += [f"network {one}" for one in docker("network", "ls", "--filter", label, "--format", "{{.Name}}")]
    return found + [f"volume {one}" for one in docker("volume", "ls", "--filter", label, "--format", "{{.Name}}")]


def processes_of(run_id: str) -> list[psutil.Process]:
    """Processes that have the run's id in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("IDP_HARNESS_RUN_ID") == run_id and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def running(run_id: str) -> list[str]:
    """The processes of the run as `process PID NAME`; one that ends meanwhile is none."""
    lines = []
    for process in processes_of(run_id):
        with suppress(psutil.Error):
            lines.append(f"process {process.pid} {process.name()}")
    return lines


def wait_for(what: Callable[[], object], reached: Callable[[object], bool], seconds: float = SECONDS) -> None:
    """Look at `what` until it is as wanted; an `AssertionError` shows the last look when time is up."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not reached(last := what()):
        assert time.monotonic() < deadline, last
        pause.wait(0.1)
