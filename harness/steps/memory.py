"""Steps about the memory of the service's process. Where it can't be read they do nothing, and the record says so."""

from __future__ import annotations

from typing import Annotated

from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun, Memory
from harness.grammar.kinds import gives, uses
from harness.grammar.tables import AboveZero
from harness.steps.registry import step

_MIB = 1024 * 1024


@step()
def remember_memory(run: CellRun, name: Annotated[str, gives("remember-memory")]) -> None:
    """Reads the memory of the service's process; where that can't be read, this and `expect-memory` do nothing, and the
    record says so.
    """
    run.memory[name] = _read(run)


@step()
def expect_memory(run: CellRun, since: Annotated[str, uses("remember-memory")], at_most_mib: AboveZero) -> None:
    """The service's memory has not grown by more than so many MiB since, also for a moment."""
    # What was freed again counts too, if it was more than the service had ever had before.
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
