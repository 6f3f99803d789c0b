"""Which answer meets which expectation."""

from __future__ import annotations

import pytest

from harness.cell.checks import Expectation, describe, meets
from harness.grammar.model import Route
from harness.grammar.vocabulary import EXPECTATIONS
from harness.wire.exchange import Exchange, Request

ROUTE = Route("write", "POST", "/v1/things", "things:create", success=(201,), let_in=(409,))
STATUSES = (200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 413, 414, 422, 429, 431, 500, 503)
ALLOWED: dict[str, set[int]] = {
    "accept": {201, 409},
    "reject": {401},
    "deny": {403},
    "no-grant": {401, 403},
    "unavailable": {401, 503},
    "refuse": {400, 401, 413, 414, 431},
    "public-ok": {201},
    "not-found": {404},
    "bad-request": {400, 422},
    "observe": set(STATUSES) - {500, 503},
    "shut-out": set(STATUSES) - {200, 201, 204, 500, 503},
    "survive": set(STATUSES),
}
CLOSED = "connection closed (RemoteDisconnected)"


def answer(status: int | None, problem: str = "") -> Exchange:
    return Exchange(Request("GET", "/"), status, problem=problem)


def test_the_table_has_every_expectation() -> None:
    assert set(ALLOWED) == set(EXPECTATIONS)


@pytest.mark.parametrize("expectation", EXPECTATIONS)
def test_the_statuses_of_an_expectation(expectation: str) -> None:
    """Exactly these are allowed on a route whose success is 201 and that lets in with 409."""
    assert {status for status in STATUSES if meets(answer(status), expectation, ROUTE)} == ALLOWED[expectation]


def test_success_without_a_route_is_any_2xx() -> None:
    assert {status for status in STATUSES if meets(answer(status), "accept", None)} == {200, 201, 204}


def test_a_list_allows_its_statuses_alone() -> None:
    assert {status for status in STATUSES if meets(answer(status), [401, 404], ROUTE)} == {401, 404}


@pytest.mark.parametrize(
    ("expectation", "allowed"),
    [*((word, word in ("refuse", "survive")) for word in EXPECTATIONS), ([413, "closed"], True)],
)
def test_a_closed_connection(expectation: Expectation, allowed: bool) -> None:
    """It is a refusal where the expectation says so, and nothing else."""
    assert meets(answer(None, CLOSED), expectation, ROUTE) is allowed


@pytest.mark.parametrize("expectation", [*EXPECTATIONS, [413, "closed"]])
def test_no_answer_in_time_is_no_refusal(expectation: Expectation) -> None:
    assert meets(answer(None, "no answer within 10 s"), expectation, ROUTE) is (expectation == "survive")


def test_a_report_names_the_routes_own_statuses() -> None:
    assert describe("accept", ROUTE) == "accept: 201 or 409"
    assert describe("public-ok", ROUTE) == "public-ok: 201"
    assert describe([401, 404], ROUTE) == "status 401 or 404"
    assert describe("reject", ROUTE) == "reject: 401"
