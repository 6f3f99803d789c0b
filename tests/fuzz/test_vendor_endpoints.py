"""Whatever clients send to a vendor's endpoints, and whatever bytes come, the answer is one of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_idp.embed import EmbeddedIdp

from .campaign import fuzz_settings, routes_of
from .drawing import HypothesisDraw
from .exchange import Answer, Connection
from .findings import finding, remember, shown_secret
from .mutation import CHANGED
from .raw_bytes import ask_raw, raw_finding, raw_request
from .vendor_requests import SECRET, Memory, Request, vendor_request

BOUNDED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def idp() -> Iterator[EmbeddedIdp]:
    """Two issuers of every vendor; an exception in one of its threads fails the module."""
    with EmbeddedIdp(fuzz_settings()) as server:
        yield server
        server.raise_pending()


@BOUNDED
@given(data=st.data())
def test_requests_of_clients(idp: EmbeddedIdp, data: st.DataObject) -> None:
    """No 5xx, the marker on every answer, refusals in the vendor's form, and no credential in the request log."""
    draw, routes, memory = HypothesisDraw(data), routes_of(idp.state), Memory.empty()
    issuer = draw.pick(sorted(routes))
    endpoints = dict(routes[issuer])
    seen = idp.state.find(issuer).log.last_seq
    with Connection(idp.port) as connection:
        for _ in range(draw.number(1, 3)):
            request = vendor_request(draw, routes[issuer], memory)
            (answer,) = connection.ask([request])
            endpoint = endpoints.get(request.target.partition("?")[0], "other")
            assert finding(issuer.removesuffix("-strict"), endpoint, request, answer) is None, request
            remember(memory, answer)
            if answer.header("connection").lower() == "close":
                break
    with Connection(idp.port) as connection:
        (log,) = connection.ask([Request("GET", f"/_mock/issuers/{issuer}/requests?since={seen}")])
    assert shown_secret(log.body) is None


@BOUNDED
@given(data=st.data())
def test_raw_bytes(idp: EmbeddedIdp, data: st.DataObject) -> None:
    """What is no HTTP gets a 4xx with the marker or nothing; never a 500, an injected header or a broken thread."""
    path = "/i/okta/oauth2/default/v1/keys"
    answer = ask_raw(idp.port, raw_request(HypothesisDraw(data), path))
    assert raw_finding(answer)[1] is None, answer
    idp.raise_pending()


REQUEST = Request("POST", "/i/okta/oauth2/default/v1/token", (("A", "b"),), b"a=b")
MARKER = ("x-mock-idp", "testing-only")


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (Answer(500, (MARKER,), b"{}"), "500"),
        (Answer(200, (), b"{}"), "no marker"),
        (Answer(200, (MARKER, ("x-injected", "1")), b"{}"), "injected"),
        (Answer(400, (MARKER, ("content-type", "text/html")), b"<p>"), "no JSON"),
        (Answer(400, (MARKER, ("content-type", "application/json")), b"[]"), "no JSON object"),
        (Answer(400, (MARKER, ("content-type", "application/json")), b'{"error":"x"}'), "another form"),
    ],
)
def test_it_can_fail(answer: Answer, wrong: str) -> None:
    """Each of the things that are looked for is seen when it is there."""
    assert wrong in str(finding("okta", "token", REQUEST, answer))


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (b"HTTP/1.1 500 X\r\nX-Mock-Idp: testing-only\r\n\r\n", "500 to raw bytes"),
        (b"HTTP/1.1 400 X\r\n\r\n", "no marker"),
        (b"HTTP/1.1 200 X\r\nX-Mock-Idp: testing-only\r\nA: b\nX-Injected: 1\r\n\r\n", "injected"),
        (b"<html>", "no status line"),
    ],
)
def test_raw_answers_can_fail(answer: bytes, wrong: str) -> None:
    """And those to raw bytes."""
    assert wrong in str(raw_finding(answer)[1])


def test_a_log_can_show_a_secret() -> None:
    """The credential of every request would be seen in a log, but for those that were changed by chance."""
    shown = {"query": f"a={SECRET}", "correlation_id": ""}
    changed = {"query": f"a={SECRET}", "correlation_id": f"c-1, {CHANGED}"}
    assert shown_secret(json.dumps({"requests": [changed, shown]}).encode())
    assert shown_secret(json.dumps({"requests": [changed]}).encode()) is None
