"""The commands that are killed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from harness.targets import make_target

_PROGRAMS = Path(sys.executable).parent
_REFERENCE = ("--target", "reference")
_RUN = ("idp-harness", "run", "--report-dir", "out")
_WORKER = ("--target", "tasker-worker")
_OWN_PROCESS = ("--target-option", "own_process=true")
_ROWS = ("--only", "exp-leeway", "--only", "start-up-fetch")
_FAULTS = ("m-exp-optional", "m-no-exp-check", "m-tls-not-verified")
# Few and quick: most of a kill's time is that of its start. Those behind TLS have certificates of their own.
_FEW = ("baseline/plain-tokens", "--style", "okta", "--style", "auth0")
_CELLS = ("baseline", "jwks-http/tls", "--style", "okta")


@dataclass(frozen=True)
class Subject:
    """A command to kill. `has` names the processes that it has beside the main one, `record` the file with a line for
    each cell.

    `stays`: it runs until it is ended. `real`: it needs the Tasker worker.
    """

    name: str
    command: tuple[str, ...]
    has: tuple[str, ...] = ()
    record: str = ""
    stays: bool = False
    real: bool = False

    def line(self) -> list[str]:
        """The command line, of the programs beside this Python."""
        return [str(_PROGRAMS / self.command[0]), *self.command[1:]]


_RECORD = "out/results.jsonl"
_KEEPERS, _WORKERS, _ALL = ("keepers",), ("workers", "keepers"), ("workers", "guards", "keepers")
SUBJECTS = (
    Subject("run", (*_RUN, *_REFERENCE, "-n", "2", *_CELLS), _WORKERS, _RECORD),
    Subject("run-processes", (*_RUN, *_REFERENCE, "-n", "2", *_OWN_PROCESS, *_CELLS), _ALL, _RECORD),
    Subject("run-few", (*_RUN, *_REFERENCE, "-n", "2", *_OWN_PROCESS, *_FEW), _ALL, _RECORD),
    Subject("run-here", (*_RUN, *_REFERENCE, "-n", "0", *_CELLS), _KEEPERS, _RECORD),
    Subject("mutants", ("idp-harness", "mutants", *_FAULTS, "--no-baseline", "-n", "2"), _WORKERS),
    Subject("measure", ("idp-harness", "measure", *_REFERENCE, *_OWN_PROCESS, *_ROWS), ("guards", "keepers")),
    Subject("serve", ("mock-idp", "serve", "--port", "0"), stays=True),
    Subject("serve-tls", ("mock-idp", "serve", "--port", "0", "--tls"), _KEEPERS, stays=True),
    Subject("start", ("mock-idp", "start", "--port", "0")),
    Subject("start-tls", ("mock-idp", "start", "--port", "0", "--tls"), _KEEPERS),
    Subject("run-worker", (*_RUN, *_WORKER, "-n", "2", *_FEW), _ALL, _RECORD, real=True),
    Subject("measure-worker", ("idp-harness", "measure", *_WORKER, *_ROWS), ("guards", "keepers"), real=True),
)
STAYING = tuple(subject.name for subject in SUBJECTS if subject.stays)
NAMES = tuple(subject.name for subject in SUBJECTS)


def worker_is_missing() -> str | None:
    """Why the real worker can't be had here; `None` if it can."""
    return make_target("tasker-worker", {}).available()
