"""Which answer meets which expectation."""

from __future__ import annotations

import pytest

from harness.cell.checks import Expectation, describe, meets
from harness.declared.refusal import UNDECLARED, Refusal
from harness.grammar.model import Route
from harness.grammar.vocabulary import EXPECTATIONS
from harness.wire.exchange import Exchange, Request

ROUTE = Route("write", "POST", "/v1/things", "things:create", success=(201,), let_in=(409,))
STATUSES = (200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 413, 414, 422, 429, 431, 500, 501, 502, 503, 504)
UNABLE = {500, 502, 503, 504}
ALLOWED: dict[str, set[int]] = {
    "accept": {201, 409},
    "reject": {401},
    "deny": {403},
    "no-grant": {401, 403},
    "unavailable": {401, *UNABLE},
    "throttled": {401, 429},
    "refuse": {400, 401, 413, 414, 431},
    "unauthorized": {401},
    "forbidden": {403},
    "public-ok": {201},
    "not-found": {404},
    "bad-request": {400, 422},
    "observe": set(STATUSES) - {501, *UNABLE},
    "shut-out": set(STATUSES) - {200, 201, 204, 501, *UNABLE},
    "survive": set(STATUSES),
}
STRICT = Refusal(without_credentials=(401,), bad_token=(401,), no_permission=(403,))
# Not 409: on this route it shows that the caller was let in.
KEPT_OUT = {301, 302, 400, 401, 403, 404, 413, 414, 422, 429, 431}
UNDECLARED_ALLOWED: dict[str, set[int]] = {
    **dict.fromkeys(("reject", "deny", "no-grant", "refuse", "throttled"), KEPT_OUT),
    "unavailable": KEPT_OUT | UNABLE,
    "unauthorized": {401},
    "forbidden": {403},
}
REFUSALS = tuple(UNDECLARED_ALLOWED)
ERRORS = Refusal(error_member="errors")
CLOSED = "connection closed (RemoteDisconnected)"


def answer(status: int | None, problem: str = "", *, body: bytes = b"", proof: str | None = None) -> Exchange:
    return Exchange(Request("GET", "/", proof=proof), status, body=body, problem=problem)


def allowed(expectation: Expectation, refusal: Refusal, proof: str | None = None) -> set[int]:
    return {status for status in STATUSES if meets(answer(status, proof=proof), expectation, ROUTE, refusal)}


def test_the_table_has_every_expectation() -> None:
    assert set(ALLOWED) == set(EXPECTATIONS)


@pytest.mark.parametrize("expectation", EXPECTATIONS)
def test_the_statuses_of_an_expectation(expectation: str) -> None:
    """Exactly these are allowed on a route whose success is 201 and that lets in with 409."""
    assert allowed(expectation, STRICT) == ALLOWED[expectation]


@pytest.mark.parametrize("expectation", REFUSALS)
def test_without_a_declaration_whatever_keeps_the_caller_out_is_a_refusal(expectation: str) -> None:
    """Any 3xx or 4xx that isn't one of the route's own, never 2xx and never 5xx; a status only where that is asked."""
    assert allowed(expectation, UNDECLARED) == UNDECLARED_ALLOWED[expectation]
    closed = expectation not in ("unauthorized", "forbidden")
    assert meets(answer(None, CLOSED), expectation, ROUTE, UNDECLARED) is closed


DECLARED = Refusal(without_credentials=(302,), bad_token=(403, "closed"), no_permission=(404,))


@pytest.mark.parametrize(
    ("expectation", "proof", "statuses"),
    [
        ("reject", "", {302}),
        ("reject", "token", {403}),
        ("reject", None, {302, 403}),
        ("unauthorized", "token", {403}),
        ("deny", "token", {404}),
        ("forbidden", "token", {404}),
        ("no-grant", "token", {403, 404}),
        ("unavailable", "token", {403, *UNABLE}),
    ],
)
def test_what_is_declared_is_what_counts(expectation: str, proof: str | None, statuses: set[int]) -> None:
    """By what the request proves itself with; for an odd credential either of two will do."""
    assert allowed(expectation, DECLARED, proof) == statuses
    closed = meets(answer(None, CLOSED, proof=proof), expectation, ROUTE, DECLARED)
    assert closed is (proof != "" and expectation not in ("deny", "forbidden"))


ERROR = b'{"data":null,"errors":[{"message":"no"}]}'


@pytest.mark.parametrize(
    ("body", "says_no"),
    [
        (ERROR, True),
        (b"[" + ERROR + b"]", True),
        (b'{"data":{},"errors":[]}', False),
        (b'{"data":{},"errors":null}', False),
        (b'{"error":"no"}', False),
        (b"errors", False),
        (b"[" * 100_000, False),
        (b"", False),
    ],
)
def test_an_error_in_the_body_says_no_with_a_status_of_success(body: bytes, says_no: bool) -> None:
    """Where the profile names its member: then it is a refusal and no success, else it is neither."""
    right = answer(201, body=body)
    assert meets(right, "accept", ROUTE, ERRORS) is not says_no
    for expectation in (*REFUSALS, "shut-out"):
        assert meets(right, expectation, ROUTE, ERRORS) is says_no
        assert not meets(right, expectation, ROUTE, UNDECLARED)
    assert meets(right, "accept", ROUTE, UNDECLARED)


def test_an_error_in_the_body_counts_for_the_declared_status_alone() -> None:
    """Also beside other statuses."""
    refusal = Refusal(without_credentials=(200, 401), bad_token=(401,), error_member="errors")
    assert meets(answer(200, body=ERROR, proof=""), "reject", ROUTE, refusal)
    assert not meets(answer(200, body=b"{}", proof=""), "reject", ROUTE, refusal)
    assert not meets(answer(200, body=ERROR, proof="token"), "reject", ROUTE, refusal)
    assert not meets(answer(201, body=ERROR, proof=""), "reject", ROUTE, refusal)


def test_success_without_a_route_is_any_2xx() -> None:
    assert {status for status in STATUSES if meets(answer(status), "accept", None)} == {200, 201, 204}


def test_a_list_allows_its_statuses_alone() -> None:
    assert allowed([401, 404], STRICT) == {401, 404}


def test_a_list_may_hold_words() -> None:
    assert allowed(["deny", 404, "accept"], STRICT) == {201, 403, 404, 409}


@pytest.mark.parametrize(
    ("expectation", "allowed"),
    [*((word, word in ("refuse", "survive")) for word in EXPECTATIONS), ([413, "closed"], True)],
)
def test_a_closed_connection(expectation: Expectation, allowed: bool) -> None:
    """It is a refusal where the expectation says so, and nothing else."""
    assert meets(answer(None, CLOSED), expectation, ROUTE, STRICT) is allowed


@pytest.mark.parametrize("expectation", [*EXPECTATIONS, [413, "closed"]])
def test_no_answer_in_time_is_no_refusal(expectation: Expectation) -> None:
    assert meets(answer(None, "no answer within 10 s"), expectation, ROUTE) is (expectation == "survive")


def test_a_report_names_the_routes_own_statuses() -> None:
    assert describe("accept", ROUTE) == "accept: 201 or 409"
    assert describe("public-ok", ROUTE) == "public-ok: 201"
    assert describe([401, 404], ROUTE) == "status 401 or 404"
    assert describe("reject", ROUTE, STRICT) == "reject: 401"
    assert describe("no-grant", ROUTE, STRICT) == "no-grant: 401 or 403"
    assert describe("refuse", ROUTE, STRICT) == "refuse: 400, 401, 413, 414, 431 or a closed connection"
    assert describe("reject", ROUTE) == "reject: kept out by 3xx, 4xx or a closed connection"
    assert describe("unavailable", ROUTE, ERRORS) == (
        "unavailable: kept out by 3xx, 4xx, 500, 502, 503, 504, a closed connection or an error in the body"
    )
    assert describe("unauthorized", ROUTE, ERRORS) == "unauthorized: 401 or an error in the body"
    assert describe("reject", ROUTE, DECLARED, "token") == "reject: 403 or a closed connection"
