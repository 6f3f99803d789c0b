"""Steps that start and stop the service, also with another configuration."""

from __future__ import annotations

from harness.cell_run import CaseEnded, CellRun
from harness.foreign_text import foreign
from harness.model import Table
from harness.targets.base import TargetError
from harness.verdicts import Deviation


def start_service(run: CellRun, config: Table | None = None, refusal: str = "", names: list[str] | None = None) -> None:
    """Start the service, with changes of its configuration in `config`.

    With `refusal = "allowed"` a service that refuses to start has done what was asked, and the case ends here; if
    `names` is given, its message or log must name one of those words.
    """
    run.journal.note(
        f"the service was started here, with changes {dict(config)}" if config else "the service was started here"
    )
    try:
        run.session.restart_service(run.fill(config or {}))
    except TargetError as problem:
        if refusal != "allowed":
            raise
        said = f"{problem.what}\n{problem.log.as_it_came}".lower()
        if names and not any(name.lower() in said for name in names):
            raise Deviation(
                f"a refusal that names {' or '.join(names)}", str(foreign(said.strip()[-300:], 300))
            ) from problem
        run.counted.append({"on": "start", "count": 0, "refused": problem.what[:200]})
        raise CaseEnded from problem


def stop_service(run: CellRun) -> None:
    run.journal.note("the service was stopped here")
    run.session.stop_service()


def restart_service(run: CellRun, config: Table | None = None) -> None:
    """Stop the service and start it again, with changes of its configuration in `config`."""
    run.journal.note(f"the service was started again here, with changes {dict(config or {})}")
    run.session.restart_service(run.fill(config or {}))
