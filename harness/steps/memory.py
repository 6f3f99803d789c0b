"""Steps about the memory of the service's process. Where it can't be read they do nothing, and the record says so."""

from __future__ import annotations

from harness.cell_run import CellRun, Memory
from harness.verdicts import Deviation

_MIB = 1024 * 1024


def remember_memory(run: CellRun, name: str) -> None:
    """Read the memory of the service, to compare with later."""
    run.memory[name] = _read(run)


def expect_memory(run: CellRun, since: str, at_most_mib: float) -> None:
    """The service must not have had more than so many MiB more in memory at any moment since then.

    What was freed again counts too, if it was more than the service had ever had before.
    """
    before, now = run.memory[since], _read(run)
    if before is None or now is None:
        run.counted.append({"on": "memory", "since": since, "count": None})
        return
    highest = now.peak if now.peak > before.peak else now.resident
    grown = (highest - before.resident) / _MIB
    run.counted.append({"on": "memory", "since": since, "grown_mib": round(grown, 1), "at_most_mib": at_most_mib})
    if grown > at_most_mib:
        raise Deviation(f"at most {at_most_mib:g} MiB more memory", f"{grown:.0f} MiB more")


def _read(run: CellRun) -> Memory | None:
    service = run.session.service
    resident, peak = (service.rss_bytes(), service.peak_rss_bytes()) if service else (None, None)
    return Memory(resident, peak) if resident and peak else None
