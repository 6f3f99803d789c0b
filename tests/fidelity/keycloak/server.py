"""A Keycloak of the command's own: started on loopback, awaited with a deadline, ended with all that it started."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import HarnessError
from harness.processes.guarded_process import Ending, GuardedProcess, clean_environment
from harness.processes.ports import LOOPBACK, free_port
from harness.processes.readiness import health_state, wait_until
from harness.processes.service_log import ServiceLog

from .distribution import Say, java

# A first start builds the server anew, which takes some ten seconds on an idle machine.
START_SECONDS = 1200.0
# It has less of the processor than whoever works here, which it may have been given already.
_NICENESS = 10
_SAID_EVERY_SECONDS = 15.0
_USER = "admin"


@dataclass(frozen=True)
class Server:
    """A Keycloak that answers: its address without a slash at the end, and who may administer it."""

    url: str
    user: str
    password: str


@contextmanager
def running(folder: Path, seconds: float, say: Say) -> Iterator[Server]:
    """Start the distribution in `folder` within so many seconds, and end it.

    Its database is in memory, and goes with it. Raises `HarnessError` when it does not answer in time.
    """
    password = secrets.token_urlsafe(24)
    environment = {
        "JAVA_HOME": str(java()),
        "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
        # It lives for minutes: the optimising compiler would cost more than it gives.
        "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
        "KC_BOOTSTRAP_ADMIN_USERNAME": _USER,
        "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
    }
    port = free_port()
    options = [f"--http-host={LOOPBACK}", f"--http-port={port}", f"--http-management-port={free_port()}"]
    command = [
        "nice",
        "-n",
        str(max(0, _NICENESS - os.nice(0))),
        str(folder / "bin/kc.sh"),
        "start-dev",
        "--db=dev-mem",
        *options,
    ]
    with ExitStack() as undo:
        undo.enter_context(_alone(folder, say))
        log = ServiceLog("keycloak")
        undo.callback(log.close)
        process = GuardedProcess(command, environment=clean_environment(environment), log=log, ending=Ending())
        undo.callback(process.stop)
        url = f"http://{LOOPBACK}:{port}"
        missing = wait_until(_progress(url, seconds, say), process.wait, seconds)
        if missing is not None:
            raise HarnessError(f"Keycloak does not answer at {url}: {missing}\n{log.tail(20)}")
        yield Server(url, _USER, password)


def _progress(url: str, seconds: float, say: Say) -> Callable[[], str | None]:
    started = time.monotonic()
    said = 0

    def missing() -> str | None:
        nonlocal said
        healthy, state = health_state(url, "/realms/master")
        waited = time.monotonic() - started
        if healthy:
            say(f"Keycloak answers at {url} after {waited:.0f} s")
            return None
        if waited > (said + 1) * _SAID_EVERY_SECONDS:
            said = int(waited / _SAID_EVERY_SECONDS)
            say(f"Keycloak starts: {waited:.0f} s, at most {seconds:.0f}")
        return state

    return missing


@contextmanager
def _alone(folder: Path, say: Say) -> Iterator[None]:
    """One server at a time of one distribution: what its first start builds lies in its folder."""
    with (folder.parent / "running.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process runs this Keycloak: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
