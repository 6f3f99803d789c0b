"""A temporary folder that goes with this process, whatever becomes of this process."""

from __future__ import annotations

from pathlib import Path

from harness.targets.guarded import GuardedProcess, clean_environment
from harness.targets.scratch import ScratchFolder
from harness.targets.service_log import ServiceLog

# It does nothing and ends with its guard; the guard is what counts.
_WAIT = ("tail", "-f", "/dev/null")


class GuardedFolder:
    """A folder that only this user can enter, for files that other processes read; `path` is there until `remove`.

    A guard removes it when this process is killed. Raises `TargetError` when it can't be made.
    """

    def __init__(self) -> None:
        scratch = ScratchFolder()
        self.path: Path = scratch.path
        self._log = ServiceLog("folder")
        try:
            self._guard = GuardedProcess(_WAIT, environment=clean_environment({}), log=self._log, scratch=scratch)
        except BaseException:
            self._log.close()
            raise

    def remove(self) -> None:
        """Remove the folder with all that is in it; returns when that is done. May be called again."""
        self._guard.stop()
        self._log.close()
