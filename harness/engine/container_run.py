"""What containers of one run have in common: a label by which they are found, and somebody who ends them."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
from pathlib import Path

from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config as settings
from testcontainers.core.container import Reaper

from harness.base.errors import TargetError
from harness.base.own_environment import own_environment
from harness.engine.container_engine import why_not_usable
from harness.processes.guarded_process import Ending, GuardedProcess
from harness.processes.readiness import wait_until
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import foreign

SWEEPER = Path(__file__).with_name("sweeper.py")
LABEL, RUN_LABEL, PART_LABEL = "org.idp-harness", "org.idp-harness.run", "org.idp-harness.part"
_READY_SECONDS = 30.0
# Longer than the sweeper's own deadline. TERM also when its guard was killed: it has something to do then.
_ENDING = Ending("TERM", grace_seconds=90.0, orphan_signal="TERM")


class ContainerRun:
    """A set of containers, networks and volumes that end together; all of them carry `labels`.

    One of these is the `id` of the run: `IDP_HARNESS_RUN_ID`, or that of pytest-xdist, so that all processes of a run
    have the same; another one is this part's of the run, by which it is ended without the others.
    Whoever starts them ends them; when this process is killed, Ryuk does. Where testcontainers is told to do without
    Ryuk (`TESTCONTAINERS_RYUK_DISABLED`), a sweeper of our own does, a process on this machine. Raises `TargetError`
    when neither can be started.
    """

    def __init__(self) -> None:
        self.id = _run_id()
        self._part = secrets.token_hex(8)
        self.labels = {LABEL: "1", RUN_LABEL: self.id, PART_LABEL: self._part}
        self._sweeper: GuardedProcess | None = None
        self._log: ServiceLog | None = None
        if settings.ryuk_disabled:
            self._start_sweeper()
        else:
            _start_ryuk()

    def _start_sweeper(self) -> None:
        self._log = log = ServiceLog("sweeper")
        try:
            self._sweeper = sweeper = GuardedProcess(
                [sys.executable, "-P", str(SWEEPER), PART_LABEL, self._part],
                environment=own_environment(),
                log=log,
                ending=_ENDING,
            )
            not_yet = "it did not come up"
            missing = wait_until(
                lambda: None if "ready" in log.tail().as_it_came.split() else not_yet, sweeper.wait, _READY_SECONDS
            )
            if missing:
                reason = why_not_usable() or f"nobody would end containers after kill -9: {missing}"
                raise TargetError(f"containers can't be started here: {reason}", log.tail())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End whatever is left of it; returns when that is done. May be called again."""
        if self._sweeper is not None:
            if self._sweeper.alive():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._sweeper.pid, signal.SIGUSR1)
            self._sweeper.stop()
            self._sweeper = None
        if self._log is not None:
            self._log.close()


def _run_id() -> str:
    given = os.environ.get("IDP_HARNESS_RUN_ID") or os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return given or secrets.token_hex(16)


def _start_ryuk() -> None:
    """Start testcontainers' Ryuk, one for this process, unless it runs already."""
    try:
        Reaper.get_instance()
    except (DockerException, OSError, RuntimeError) as error:
        Reaper.delete_instance()
        reason = why_not_usable() or f"Ryuk ({settings.ryuk_image}) does not start: {foreign(error)}"
        raise TargetError(f"containers can't be started here: {reason}") from error
