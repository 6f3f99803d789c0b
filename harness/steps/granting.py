"""One request to a route or a method, with a token that grants what the step says of its permission."""

from __future__ import annotations

from typing import Any

from harness.cell.cell_run import CellRun
from harness.cell.outgoing import build_request
from harness.cell.sent import Prepared, Sent
from harness.grammar.model import Route, Table


def send_granting(run: CellRun, route: Route, permissions: Any, token: Table | None, request: Table) -> Sent:
    """Send to `route`: with a token like `token` that has the route's `"own"` permission, `"all-but-own"`, or those of
    a list; with none at all where `token` is None. `request` is what else the request has.
    """
    granted = permissions
    if permissions == "own":
        granted = [route.permission]
    elif permissions == "all-but-own":
        granted = [name for name in run.profile.permissions if name != route.permission]
    table = run.session.with_kids({**(token or {}), "permissions": run.fill(granted)})
    spec = run.session.token_spec(table, route, run.words())
    minted = None if token is None else run.session.issuer.mint(spec)
    ready = build_request(request, route, minted, run.words(), run.profile.credential)
    return Sent(Prepared(ready, route, spec, minted, run.session.issuer), run.session.send(ready))
