"""Steps that ask the same over HTTP and over gRPC, and every method that there is over gRPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.base.verdicts import Deviation, Inconclusive
from harness.cell.cell_run import CellRun
from harness.cell.outgoing import over_grpc
from harness.cell.sent import Sent
from harness.grammar.mock_words import Token
from harness.grammar.model import Route, Table
from harness.grammar.tables import Methods, OtherIssuer, Outcome, Permissions, Request
from harness.steps.granting import send_granting
from harness.steps.registry import step
from harness.steps.routes import described_routes
from harness.wire.grpc_call import GrpcConnection
from harness.wire.grpc_reflection import served_methods

# What an answer can decide, in the words of an expectation, and how that is called.
_DECISIONS = {"accept": "let in", "unauthorized": "unauthenticated", "forbidden": "permission denied"}


def _on_both(args: Table) -> list[Table]:
    request = args.get("request", "read")
    return [{**args, "request": request}, {**args, "request": over_grpc(request)}]


@step(sends=_on_both, compares=True, needs=("grpc",))
def compare_transports(
    run: CellRun, token: Token | None = None, request: Request = "read", issuer: OtherIssuer | None = None
) -> None:
    """Sends the same credential over HTTP and over gRPC: one decision on both, be it let in, unauthenticated or
    permission denied.
    """
    told = {"token": token, "issuer": issuer}
    known = {name: one for name, one in told.items() if one is not None}
    over_http, called = (run.send_all(args)[0] for args in _on_both({**known, "request": request}))
    run.remember([over_http, called])
    decisions = [_decision(run, one) for one in (over_http, called)]
    if decisions[0] != decisions[1]:
        raise Deviation(
            f"over gRPC as over HTTP: {decisions[0]} ({over_http.exchange.summary()})",
            f"{decisions[1]} ({called.exchange.summary()})",
        )


def _decision(run: CellRun, one: Sent) -> str:
    return next((word for outcome, word in _DECISIONS.items() if run.meets(one, outcome)), "neither let in nor refused")


def _the_read_method(args: Table) -> list[Table]:
    return [{"request": over_grpc("read"), "expect": args["expect"]}]


@step(sends=_the_read_method, stores=True, needs=("grpc",))
def send_to_methods(
    run: CellRun,
    methods: Methods,
    expect: Outcome,
    permissions: Permissions = "own",
    token: Token | None = None,
    anonymous: bool = False,
    message: str = "",
) -> None:
    """Calls every method of a set over gRPC: `"declared"` (the protected ones of the profile), `"public"` (its others),
    or `"shown"` (all that the server's reflection lists and serves, but for public ones); with the method's `"own"`
    permission, `"all-but-own"`, or a list, in a token like `token`, or with none at all (`anonymous`); with a message
    without fields, or with `message`.
    """
    for method in _methods(run, methods):
        one = send_granting(run, method, permissions, None if anonymous else token or {}, {"body": message})
        run.remember([one])
        run.judge(one, expect)


def _methods(run: CellRun, methods: str) -> list[Route]:
    known = run.profile.grpc
    if methods == "shown":
        public = {route.path for route in known.public}
        declared = {route.path: route for route in known.methods}
        shown = [path for path in served_methods(run.grpc_address()) if path not in public]
        return [declared.get(path) or Route(path[1:], "POST", path, grpc=True) for path in shown]
    return list(known.methods if methods == "declared" else known.public)


@step(needs=("grpc",), config="grpc_tls")
def call_in_the_clear(run: CellRun, token: Token | None = None) -> None:
    """Calls the read method with a token like `token` and without TLS, where gRPC is to be served over TLS: nobody may
    answer.
    """
    prepared = run.prepare({"request": over_grpc("read"), **({"token": token} if token else {})})
    address = run.grpc_address().in_the_clear
    connection = GrpcConnection(address, run.session.environment.ended)
    try:
        run.session.environment.pace(run.base_url()).turn()
        one = Sent(replace(prepared, base_url=address.url), connection.send(prepared.request))
    finally:
        connection.close()
    run.remember([one])
    # UNAVAILABLE says the library of a connection that came to nothing; also a service that isn't there is one.
    if not one.exchange.late and one.exchange.header("grpc-status") != "UNAVAILABLE":
        raise Deviation("no answer without TLS", one.exchange.summary())


def _the_read_pair(args: Table) -> list[Table]:
    return [{"request": request} for request in ("read", over_grpc("read"))]


@step(sends=_the_read_pair, compares=True, stores=True, needs=("grpc",))
def compare_methods(
    run: CellRun, permissions: Permissions = "own", token: Token | None = None, request: Request = "read"
) -> None:
    """Sends the same credential to every method that the server's reflection shows, but for public ones, and to the
    route that asks for the same permission (the profile's first one, or else the first of the OpenAPI document): one
    decision on both. The credential is a token like `token` with the `"own"` permission, `"all-but-own"` or a list, and
    what `request` says of metadata and headers. A method without such a route is only told; one that the profile does
    not declare makes the case inconclusive, for nothing says which permission it asks for.
    """
    table: Table = {} if isinstance(request, str) else request
    sent = None if table.get("anonymous") else token or {}
    routes = _route_of_each_permission(run)
    over_http: dict[str, Sent] = {}
    differ: dict[str, tuple[Sent, Sent]] = {}
    methods = _methods(run, "shown")
    pairs = [(one, routes[one.permission]) for one in methods if one.permission in routes]
    for method, route in pairs:
        if method.permission not in over_http:
            over_http[method.permission] = send_granting(run, route, permissions, sent, table)
        pair = (over_http[method.permission], send_granting(run, method, permissions, sent, table))
        run.remember(list(pair))
        if _decision(run, pair[0]) != _decision(run, pair[1]):
            differ[method.name] = pair
    alone = [one.name for one in methods if one.permission and one.permission not in routes]
    run.counted.append({"on": "methods", "same": len(pairs) - len(differ), "differ": [*differ], "without_route": alone})
    _judge_pairs(run, differ)
    if unknown := [one.name for one in methods if not one.permission]:
        raise Inconclusive(f"the profile does not say which permission these ask for: {', '.join(unknown)}")


def _route_of_each_permission(run: CellRun) -> dict[str, Route]:
    described = described_routes(run) if "openapi" in run.profile.capabilities else []
    routes: dict[str, Route] = {}
    for route in (*run.profile.routes.values(), *described):
        routes.setdefault(route.permission, route)
    return routes


def _judge_pairs(run: CellRun, differ: Mapping[str, tuple[Sent, Sent]]) -> None:
    """Raise `Deviation` for the first of the methods on which the transports decide otherwise, naming all."""
    for over_http, called in differ.values():
        run.remember([over_http, called])
        decisions = [f"{_decision(run, one)} ({one.exchange.summary()})" for one in (over_http, called)]
        others = f"; {len(differ)} methods: {', '.join(differ)}" if len(differ) > 1 else ""
        raise Deviation(f"over gRPC as over HTTP: {decisions[0]}", decisions[1] + others)
