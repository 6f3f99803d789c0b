"""The request log without a server."""

from __future__ import annotations

from threading import Thread

from mock_idp.issuer.request_log import RequestLog


def fetch(log: RequestLog, endpoint: str = "jwks", **more: str) -> None:
    headers = [(name.replace("_", "-"), value) for name, value in more.items()]
    log.record(endpoint, "GET", "/keys", "", headers, 200)


def test_numbers_go_up_from_one() -> None:
    """Entries are numbered in the order of arrival."""
    log = RequestLog("a")
    fetch(log)
    fetch(log)
    assert [record.seq for record in log.records()] == [1, 2]


def test_numbers_go_on_after_a_clear() -> None:
    """A number is never used twice, so `since` stays meaningful."""
    log = RequestLog("a")
    fetch(log)
    log.clear()
    fetch(log)
    assert [record.seq for record in log.records()] == [2]


def test_is_bounded() -> None:
    """The oldest entries go first."""
    log = RequestLog("a", size=2)
    for _ in range(3):
        fetch(log)
    assert [record.seq for record in log.records()] == [2, 3]


def test_selects_by_endpoint_and_number() -> None:
    """`since` and `endpoint` narrow the selection."""
    log = RequestLog("a")
    fetch(log)
    fetch(log, "token")
    fetch(log)
    assert [record.seq for record in log.records(since=1, endpoint="jwks")] == [3]


def test_redacts_credentials() -> None:
    """The Authorization header does not reach the log's readers."""
    log = RequestLog("a")
    fetch(log, Authorization="Bearer abc", Accept="*/*")
    assert log.records()[0].as_json()["headers"] == {"authorization": "(redacted)", "accept": "*/*"}


def test_names_the_credentials() -> None:
    """Which headers were redacted can still be seen, sorted and in lower case."""
    log = RequestLog("a")
    fetch(log, X_API_Key="k", Authorization="Bearer abc", Accept="*/*")
    fetch(log, Accept="*/*")
    assert [record.as_json()["credentials"] for record in log.records()] == [["authorization", "x-api-key"], []]


def test_takes_the_callers_correlation_id() -> None:
    """A caller that names its request finds it by that name."""
    log = RequestLog("a")
    fetch(log, X_Correlation_Id="case-7")
    assert log.records()[0].as_json()["correlation_id"] == "case-7"


def test_a_wait_ends_when_the_request_comes() -> None:
    """Waiting ends with the fetch, not with the deadline."""
    log = RequestLog("a")
    thread = Thread(target=fetch, args=(log,))
    thread.start()
    held, records = log.wait_until(lambda seen: len(seen) == 1, timeout=20)
    thread.join()
    assert held
    assert len(records) == 1


def test_a_wait_ends_at_its_deadline() -> None:
    """Without a fetch the wait says so and shows what there was."""
    log = RequestLog("a")
    fetch(log)
    held, records = log.wait_until(lambda seen: len(seen) == 2, timeout=0.01)
    assert (held, len(records)) == (False, 1)


def test_a_wait_ends_when_the_log_is_closed() -> None:
    """Nobody waits for a log that is gone."""
    log = RequestLog("a")
    log.close()
    assert log.wait_until(lambda seen: False, timeout=20) == (False, [])


def test_an_entry_is_there_before_its_answer() -> None:
    """A fetch that hangs is in the log without a status."""
    log = RequestLog("a")
    entry = log.record("jwks", "GET", "/keys", "", [], None, "hang")
    assert log.records()[0].status is None
    log.answered(entry, 200)
    assert log.records()[0].status == 200
