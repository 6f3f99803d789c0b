"""The step that shows one token to two services: the one that is judged, and another that trusts the same issuer."""

from __future__ import annotations

from typing import Annotated

from harness.base.verdicts import Deviation, judging
from harness.cell import checks
from harness.cell.cell_run import CellRun
from harness.cell.neighbour import Neighbour
from harness.cell.outgoing import build_request
from harness.cell.sent import Prepared, Sent
from harness.grammar.kinds import Kind, word
from harness.grammar.mock_words import Token
from harness.grammar.model import Route, Table
from harness.grammar.tables import Outcome
from harness.grammar.vocabulary import BOTH_SERVICES, NEIGHBOUR
from harness.steps.registry import step

Services = Annotated[list[Annotated[str, word("service", BOTH_SERVICES)]], Kind({"minItems": 0})]


def _here(args: Table) -> list[Table]:
    return [{"request": "read", "expect": args["expect"]}]


@step(sends=_here, needs=(NEIGHBOUR,))
def send_to_both(
    run: CellRun,
    audiences: Services,
    permissions: Services,
    expect: Outcome,
    neighbour: Outcome,
    wildcards: bool = False,
    same_audience: bool = False,
    token: Token | None = None,
) -> None:
    """Starts the neighbour of the service, another one that trusts the same issuer for its own audience, and shows
    one token to the read route of each: `expect` is what the service does with it, `neighbour` what the neighbour does.
    The token is for the `audiences` and has the `permissions` of the read routes, each a list of `"own"` and
    `"neighbour"`; with `wildcards` it has all permissions of their resources, and with `same_audience` the neighbour is
    started for the audience of the service.
    """
    with Neighbour(run.session, same_audience=same_audience) as other:
        here, there = run.profile.routes["read"], other.profile.routes["read"]
        granted = {"own": here, "neighbour": there}
        scopes = [f"{granted[one].resource}:*" if wildcards else granted[one].permission for one in permissions]
        meant = {"own": run.session.issuer.audience, "neighbour": other.audience}
        aud = [meant[one] for one in audiences]
        table = {**(token or {}), "permissions": scopes, "audience": aud[0] if len(aud) == 1 else aud}
        good = _shown(run, other, {"permissions": [there.permission], "audience": other.audience})[1]
        with judging(sets_up=True):
            _judge(run, other, good, "accept")
        seen_here, seen_there = _shown(run, other, table)
        run.judge(seen_here, expect)
        _judge(run, other, seen_there, neighbour)


def _shown(run: CellRun, other: Neighbour, table: Table) -> tuple[Sent, Sent]:
    """What both services answer to the same token."""
    issuer = run.session.issuer
    spec = run.session.token_spec(run.session.with_kids(table), run.profile.routes["read"], run.words())
    minted = issuer.mint(spec)

    def prepared(route: Route, base_url: str) -> Prepared:
        request = build_request({}, route, minted, run.words(), run.profile.credential)
        return Prepared(request, route, spec, minted, issuer, base_url=base_url)

    first = prepared(run.profile.routes["read"], run.base_url())
    second = prepared(other.profile.routes["read"], other.service.base_url)
    both = Sent(first, run.session.send(first.request)), Sent(second, other.connection.send(second.request))
    run.remember(list(both))
    return both


def _judge(run: CellRun, other: Neighbour, one: Sent, expectation: str) -> None:
    """Raise `Deviation` when the neighbour doesn't do as expected."""
    route = one.prepared.route
    if not checks.meets(one.exchange, expectation, route, other.profile.refusal_of(route)):
        run.remember([one])
        expected = checks.describe(expectation, route, other.profile.refusal_of(route), one.prepared.request.proof)
        raise Deviation(f"of its neighbour, {other.profile.title}: {expected}", one.exchange.summary())
