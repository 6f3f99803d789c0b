"""The request log over the control API."""

from __future__ import annotations

import threading

import pytest
from idp_api import IssuerApi


def test_what_is_recorded(issuer: IssuerApi) -> None:
    """Time, endpoint, method, path, query, headers and status of each fetch."""
    issuer.get(params={"page": "1"}, headers={"X-Correlation-Id": "case-1", "Authorization": "Bearer x"})
    (entry,) = issuer.log()
    assert (entry["seq"], entry["issuer"], entry["endpoint"], entry["method"]) == (1, issuer.id, "jwks", "GET")
    assert entry["path"] == f"/i/{issuer.id}/.well-known/jwks.json"
    assert (entry["query"], entry["status"], entry["fault"]) == ("page=1", 200, None)
    assert entry["correlation_id"] == "case-1"
    assert entry["headers"]["authorization"] == "(redacted)"
    assert entry["at"] > 1_700_000_000


def test_every_endpoint_has_its_name(issuer: IssuerApi) -> None:
    """jwks, discovery, token, and other for the rest."""
    issuer.get()
    issuer.get("discovery_url")
    issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]))
    issuer.about["elsewhere"] = issuer.about["issuer"] + "/elsewhere"
    issuer.get("elsewhere")
    assert [(entry["endpoint"], entry["status"]) for entry in issuer.log()] == [
        ("jwks", 200),
        ("discovery", 200),
        ("token", 400),
        ("other", 404),
    ]


def test_control_calls_are_not_recorded(issuer: IssuerApi) -> None:
    """The log is about the service, not about the test."""
    issuer.ok("GET", "/keys")
    assert issuer.log() == []


def test_selection(issuer: IssuerApi) -> None:
    """`since` and `endpoint` narrow it; `last_seq` is what to ask for next."""
    for _ in range(3):
        issuer.get()
    answer = issuer.ok("GET", "/requests?since=2&endpoint=jwks")
    assert [entry["seq"] for entry in answer["requests"]] == [3]
    assert answer["last_seq"] == 3


def test_waiting_for_a_fetch(issuer: IssuerApi) -> None:
    """The wait ends with the fetch."""
    thread = threading.Thread(target=issuer.get)
    thread.start()
    answer = issuer.ok("GET", "/requests/wait?endpoint=jwks&count=1&timeout=20")
    thread.join()
    assert len(answer["requests"]) == 1


def test_waiting_in_vain(issuer: IssuerApi) -> None:
    """408 with what there was."""
    issuer.get()
    answer = issuer.api.call("GET", f"/issuers/{issuer.id}/requests/wait?count=2&timeout=0.01")
    assert answer.status_code == 408
    assert (answer.json()["error"], len(answer.json()["requests"])) == ("timeout", 1)


def test_a_fetch_that_hangs_is_there_already(issuer: IssuerApi) -> None:
    """A hanging request is recorded when it arrives, without a status."""
    issuer.fault("hang", times=1)
    thread = threading.Thread(target=issuer.get)
    thread.start()
    (entry,) = issuer.ok("GET", "/requests/wait?timeout=20")["requests"]
    assert (entry["status"], entry["fault"]) == (None, "hang")
    issuer.ok("POST", "/faults/release")
    thread.join()
    assert issuer.log()[0]["status"] == 200


def test_clearing(issuer: IssuerApi) -> None:
    """The log is empty, the numbers go on."""
    issuer.get()
    issuer.ok("DELETE", "/requests")
    issuer.get()
    assert [entry["seq"] for entry in issuer.log()] == [2]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?since=x", "since"),
        ("?since=-1", "since"),
        # The first above the limit, which is no float; far above; no float at all; no whole number, and no float.
        (f"?since={2**53 + 1}", "since"),
        ("?since=1e308", "since"),
        ("?since=1e999", "since"),
        ("?since=9007199254740991.5", "since"),
        ("?endpoint=jwk", "endpoint"),
        ("?until=1", "until"),
        ("?since=1&since=2", "since"),
        ("/wait?timeout=nan", "timeout"),
        ("/wait?timeout=1e9", "timeout"),
        ("/wait?count=0", "count"),
    ],
)
def test_bad_queries(issuer: IssuerApi, query: str, field: str) -> None:
    """The error names the parameter."""
    assert issuer.refused("GET", f"/requests{query}") == (400, "invalid_field", field)
