"""Steps about the memory of the service's process. Where it can't be read they do nothing, and the record says so."""

from __future__ import annotations

from harness.cell_run import CellRun
from harness.verdicts import Deviation

_MIB = 1024 * 1024


def remember_memory(run: CellRun, name: str) -> None:
    """Read the resident memory of the service, to compare with later."""
    run.memory[name] = _resident(run)


def expect_memory(run: CellRun, since: str, at_most_mib: float) -> None:
    """The service's resident memory must not have grown by more than so many MiB."""
    before, now = run.memory[since], _resident(run)
    if before is None or now is None:
        run.counted.append({"on": "memory", "since": since, "count": None})
        return
    grown = (now - before) / _MIB
    run.counted.append({"on": "memory", "since": since, "grown_mib": round(grown, 1), "at_most_mib": at_most_mib})
    if grown > at_most_mib:
        raise Deviation(f"at most {at_most_mib:g} MiB more memory", f"{grown:.0f} MiB more")


def _resident(run: CellRun) -> int | None:
    return run.session.service.rss_bytes() if run.session.service else None
