"""The step that asks every route of a set: the service's own description says which routes there are."""

from __future__ import annotations

from typing import Any

from harness.cell.cell_run import CellRun
from harness.cell.outgoing import find_route
from harness.cell.service_documents import document_of, openapi_routes
from harness.grammar.mock_words import Token
from harness.grammar.model import Route, Table
from harness.grammar.tables import Outcome, Permissions, Routes
from harness.steps.granting import send_granting
from harness.steps.registry import step
from harness.wire.exchange import Request


def _named(args: Table) -> list[Table]:
    """The routes that are named; for those that only the service knows, the one that stands for it."""
    names = ["read"] if isinstance(args["routes"], str) else args["routes"]
    return [{"request": name, "expect": args["expect"]} for name in names]


@step(sends=_named, stores=True)
def send_to_routes(
    run: CellRun,
    routes: Routes,
    expect: Outcome,
    permissions: Permissions = "own",
    token: Token | None = None,
    anonymous: bool = False,
) -> None:
    """Asks every route of a set: `"openapi"` (all protected operations of the service's OpenAPI document), `"declared"`
    (the profile's, but for public ones), `"resource"` (those of them that are of the read route's resource) or a list
    of names; with the route's `"own"` permission, `"all-but-own"`, or a list, in a token like `token`, or with none
    at all (`anonymous`).
    """
    for route in _routes(run, routes):
        one = send_granting(run, route, permissions, None if anonymous else token or {}, {})
        run.remember([one])
        run.judge(one, expect)


def _routes(run: CellRun, routes: Any) -> list[Route]:
    known = run.profile.routes
    if routes == "declared":
        public = {(route.method, route.path) for route in run.profile.public}
        return [route for route in known.values() if (route.method, route.path) not in public]
    if routes == "resource":
        return [route for route in known.values() if route.resource == known["read"].resource]
    if routes == "openapi":
        return described_routes(run)
    return [find_route(name, run.profile) for name in routes]


def described_routes(run: CellRun) -> list[Route]:
    """The protected operations of the service's OpenAPI document."""
    answer = run.session.send(Request("GET", "/api-docs/openapi.json"))
    return openapi_routes(document_of(answer), run.profile.routes.values())
