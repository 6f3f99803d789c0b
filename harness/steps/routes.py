"""The step that asks every route of a set: the service's own description says which routes there are."""

from __future__ import annotations

from typing import Any

from harness.cell_run import CellRun, Prepared, Sent
from harness.model import Route
from harness.outgoing import build_request
from harness.service_documents import openapi_routes
from harness.wire import Request


def send_to_routes(run: CellRun, routes: Any, permissions: Any, expect: str) -> None:
    """Ask every route of a set, each with a token that has its own permission, all others, or the given ones."""
    issuer = run.session.issuer
    for route in _routes(run, routes):
        granted = permissions
        if permissions == "own":
            granted = [route.permission]
        elif permissions == "all-but-own":
            granted = [name for name in run.profile.permissions if name != route.permission]
        spec = {"permissions": run.fill(granted)}
        token = issuer.mint(spec)
        prepared = Prepared(build_request(route.name, route, token, run.words()), route, spec, token, issuer)
        one = Sent(prepared, run.session.send(prepared.request))
        run.remember([one])
        run.judge(one, expect)


def _routes(run: CellRun, routes: Any) -> list[Route]:
    known = run.profile.routes
    if routes == "resource":
        return [route for route in known.values() if route.resource == known["read"].resource]
    if routes == "openapi":
        answer = run.session.send(Request("GET", "/api-docs/openapi.json"))
        return openapi_routes(answer.body, known.values())
    return [known[name] for name in routes]
