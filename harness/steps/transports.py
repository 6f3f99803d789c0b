"""Steps that ask the same over HTTP and over gRPC, and every method that there is over gRPC."""

from __future__ import annotations

from typing import Any

from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun, Prepared, Sent
from harness.cell.outgoing import build_request, over_grpc
from harness.grammar.mock_words import Token
from harness.grammar.model import Route, Table
from harness.grammar.tables import Methods, OtherIssuer, Outcome, Permissions, Request
from harness.steps.registry import step
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
        one = _call(run, method, permissions, None if anonymous else token or {}, message)
        run.remember([one])
        run.judge(one, expect)


def _methods(run: CellRun, methods: str) -> list[Route]:
    known = run.profile.grpc
    if methods == "shown":
        public = {route.path for route in known.public}
        address = run.grpc_address()
        return [Route(path[1:], "POST", path, grpc=True) for path in served_methods(address) if path not in public]
    return list(known.methods if methods == "declared" else known.public)


def _call(run: CellRun, method: Route, permissions: Any, token: Table | None, message: str) -> Sent:
    """One call, with a token that grants these permissions of the method, or without any."""
    issuer = run.session.issuer
    granted = permissions
    if permissions == "own":
        granted = [method.permission]
    elif permissions == "all-but-own":
        granted = [name for name in run.profile.permissions if name != method.permission]
    spec = run.session.token_spec(
        run.session.with_kids({**(token or {}), "permissions": run.fill(granted)}), method, run.words()
    )
    minted = None if token is None else issuer.mint(spec)
    request = build_request({"body": message}, method, minted, run.words(), run.profile.credential)
    return Sent(Prepared(request, method, spec, minted, issuer), run.session.send(request))
