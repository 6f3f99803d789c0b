"""Steps about what the service stores: a refused write must have no effect."""

from __future__ import annotations

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation
from harness.cell import checks
from harness.cell.cell_run import CellRun
from harness.cell.service_documents import count_items, document_of, item_id
from harness.steps.registry import step


@step(stores=True, routes=("write",), needs=("resource-count",))
def create_resource(run: CellRun) -> None:
    """Posts to the route `write` with the plain token; `{created}` is the new id."""
    exchange, route = run.session.send_plain("write")
    if not checks.meets(exchange, "accept", route, run.profile.refusal):
        raise HarnessError(f"no resource could be made: {exchange.summary()}")
    run.created = item_id(document_of(exchange), run.profile.resources["id"])


@step(needs=("resource-count",))
def remember_resources(run: CellRun) -> None:
    """Counts the service's resources."""
    run.resources = _count(run)


@step(needs=("resource-count",))
def expect_same_resources(run: CellRun) -> None:
    """The number of the service's resources is what it was."""
    count = _count(run)
    if count != run.resources:
        raise Deviation(f"still {run.resources} resources", f"{count}: a refused write had an effect")


def _count(run: CellRun) -> int:
    """How many resources the service has, as its list route says to a token with that permission."""
    route = run.profile.routes[run.profile.resources["route"]]
    exchange, _ = run.session.send_plain(route.name)
    return count_items(document_of(exchange), run.profile.resources["member"])
