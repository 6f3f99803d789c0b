"""Steps that start and stop the service, also with another configuration."""

from __future__ import annotations

from typing import Literal

from harness.base.errors import TargetError
from harness.base.verdicts import Deviation, SetUpFailed
from harness.cell.cell_run import CaseEnded, CellRun
from harness.cell.key_pick_up import can_restart
from harness.grammar.tables import Config
from harness.shown.foreign_text import foreign
from harness.steps.registry import step
from harness.steps.sending import pause

_BEYOND_THE_REST_SECONDS = 0.1


@step(needs=("restart",))
def start_service(
    run: CellRun,
    config: Config | None = None,
    refusal: Literal["allowed", "failed"] | None = None,
    names: list[str] | None = None,
) -> None:
    """Starts the service, with changes of its configuration. With `refusal = "allowed"` a service that refuses to start
    passes and the case ends, and `names` are words of which its message or log must hold one; with `"failed"` it has
    broken the requirement; else it is an error.
    """
    run.script.steps.note(
        f"the service was started here, with changes {dict(config)}" if config else "the service was started here"
    )
    try:
        run.session.restart_service(run.fill(config or {}))
    except TargetError as problem:
        run.last_words = problem.log
        if refusal == "failed":
            raise Deviation("a service that starts", problem.what) from problem
        if refusal != "allowed":
            raise
        said = "\n".join([problem.what, problem.log.as_it_came]).lower()
        if names and not any(name.lower() in said for name in names):
            raise Deviation(
                f"a refusal that names {' or '.join(names)}", str(foreign(said.strip()[-300:], 300))
            ) from problem
        run.counted.append({"on": "start", "count": 0, "refused": problem.what[:200]})
        raise CaseEnded from problem


@step(takes_up_keys=True, needs=("jwks",))
def take_up_keys(run: CellRun, refusal: Literal["allowed"] | None = None, rested: bool = False) -> None:
    """Lets the service take up what is published now, in the way it gets new keys: where the unknown kid of the next
    token is enough nothing happens, but that with `rested = true` the declared cool-down passes, so that this very
    token causes a fetch; else the service is started again, where it can be, and no cool-down is waited for until the
    case ends. With `refusal = "allowed"` one that then refuses to start passes and the case ends.
    """
    run.keys_since = run.session.issuer.last_seq()
    if run.session.environment.key_pick_up.by_unknown_kid(run.session):
        if rested:
            pause(run, run.duration({"cooldown": 1, "seconds": _BEYOND_THE_REST_SECONDS}))
        return
    if not can_restart(run.session):
        raise SetUpFailed(
            "the service has no way to the keys that are published now: it doesn't fetch for the unknown kid of each "
            "token, and it can't be started again here"
        )
    run.script.steps.note("the service was started again here, so that it fetches the keys")
    try:
        run.session.restart_service({})
    except TargetError as problem:
        if refusal != "allowed":
            raise Deviation("a service that starts with the keys that are published", problem.what) from problem
        run.counted.append({"on": "start", "count": 0, "refused": problem.what[:200]})
        raise CaseEnded from problem
    run.starts_for_keys = True
    run.fetches.mark("start")


@step(needs=("restart",))
def stop_service(run: CellRun) -> None:
    """Stops the service."""
    run.script.steps.note("the service was stopped here")
    run.session.stop_service()


@step(needs=("restart",))
def restart_service(run: CellRun, config: Config | None = None) -> None:
    """Stops the service and starts it, with changes of its configuration."""
    run.script.steps.note(f"the service was started again here, with changes {dict(config or {})}")
    run.session.restart_service(run.fill(config or {}))
