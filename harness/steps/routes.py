"""The step that asks every route of a set: the service's own description says which routes there are."""

from __future__ import annotations

from typing import Any

from harness.cell.cell_run import CellRun, Prepared, Sent
from harness.cell.outgoing import build_request, find_route
from harness.cell.service_documents import document_of, openapi_routes
from harness.grammar.model import Route, Table
from harness.grammar.tables import Outcome, Permissions, Routes
from harness.steps.registry import step
from harness.wire.exchange import Request


def _named(args: Table) -> list[Table]:
    """The routes that are named; for those that only the service knows, the one that stands for it."""
    names = ["read"] if isinstance(args["routes"], str) else args["routes"]
    return [{"request": name, "expect": args["expect"]} for name in names]


@step(sends=_named, stores=True)
def send_to_routes(run: CellRun, routes: Routes, permissions: Permissions, expect: Outcome) -> None:
    """Asks every route of a set: `"openapi"` (all protected operations of the service's OpenAPI document), `"resource"`
    (the profile's routes of the read route's resource) or a list of names; with the route's `"own"` permission,
    `"all-but-own"`, or a list.
    """
    issuer = run.session.issuer
    for route in _routes(run, routes):
        granted = permissions
        if permissions == "own":
            granted = [route.permission]
        elif permissions == "all-but-own":
            granted = [name for name in run.profile.permissions if name != route.permission]
        spec = run.session.token_spec({"permissions": run.fill(granted)}, route)
        token = issuer.mint(spec)
        request = build_request(route.name, route, token, run.words(), run.profile.credential)
        prepared = Prepared(request, route, spec, token, issuer)
        one = Sent(prepared, run.session.send(prepared.request))
        run.remember([one])
        run.judge(one, expect)


def _routes(run: CellRun, routes: Any) -> list[Route]:
    known = run.profile.routes
    if routes == "resource":
        return [route for route in known.values() if route.resource == known["read"].resource]
    if routes == "openapi":
        answer = run.session.send(Request("GET", "/api-docs/openapi.json"))
        return openapi_routes(document_of(answer), known.values())
    return [find_route(name, run.profile) for name in routes]
