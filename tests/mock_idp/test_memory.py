"""What the issuers of a server keep takes a bounded number of bytes, all of them together."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from mock_idp.errors import MockIdpError
from mock_idp.issuer.flow_state import FlowState
from mock_idp.issuer.memory import Declared, IssuersMemory, Remembered, Share, size_of
from mock_idp.issuer.request_log import RequestLog
from mock_idp.issuer.state import State
from mock_idp.issuer.store import Store
from mock_idp.jose.pool import KeyPool
from mock_idp.plans.faults.queue import FaultQueue
from mock_idp.plans.faults.responses import Body
from mock_idp.plans.queue import MAX_PLANNED
from mock_idp.settings import ClientSettings, IssuerSettings, ServerSettings

ANYBODY = SimpleNamespace(parameters={}, headers={})


def record(log: RequestLog, size: int) -> None:
    log.record("token", "POST", "/", "", [], None, body=b"x" * size)


def test_the_longest_log_forgets() -> None:
    """One that is written to a lot loses its oldest requests, another one nothing."""
    memory = Remembered(100_000)
    quiet, busy = RequestLog("quiet", memory=memory), RequestLog("busy", memory=memory)
    memory.join(quiet)
    memory.join(busy)
    record(quiet, 1000)
    for _ in range(100):
        record(busy, 3000)
        assert memory.total <= 100_000
    assert len(quiet.records()) == 1
    seqs = [entry.seq for entry in busy.records()]
    assert seqs == list(range(seqs[0], 101))
    assert 10 < len(seqs) < 33


def test_headers_count() -> None:
    """Those of the request, and those of the answer to one that is still in the log."""
    memory = Remembered(1 << 30)
    log = RequestLog("a", size=1, memory=memory)
    memory.join(log)
    entry = log.record("jwks", "GET", "/", "q" * 500, [("x", "y" * 10_000)], None)
    before = memory.total
    assert before > 10_500
    log.answered(entry, 200, [("x", "y" * 999)])
    assert memory.total == before + 1000
    record(log, 0)
    shrunk = memory.total
    log.answered(entry, 200, [("x", "y" * 999)])
    assert memory.total == shrunk < 2000
    log.clear()
    assert memory.total == 0


def test_the_fullest_store_forgets() -> None:
    """A pushed request of megabytes costs the codes of others nothing."""
    memory = Remembered(100_000)
    codes: Store[str] = Store(memory=memory)
    pushed: Store[dict[str, str]] = Store(memory=memory)
    codes.put("c", "code", until=10)
    for number in range(50):
        pushed.put(str(number), {"scope": "s" * 20_000}, until=10)
    assert codes.get("c", now=0) == "code"
    assert (pushed.get("0", now=0), len(pushed)) == (None, 4)
    assert memory.total <= 100_000
    for number in range(46, 50):
        pushed.take(str(number), now=0)
    codes.take("c", now=0)
    assert memory.total == 0


def test_what_is_put_anew_counts_once() -> None:
    """In place of what was there."""
    memory = Remembered(1 << 30)
    store: Store[str] = Store(size=2, memory=memory)
    for text in ("a" * 1000, "b" * 10):
        store.put("k", text, until=10)
    assert memory.total == size_of("b" * 10) + size_of("k")
    for number in range(9):
        store.put_new(f"n{number}", "", until=10, now=0)
    assert memory.total == 2 * (size_of("") + size_of("n0"))


def test_who_has_left_counts_for_nothing() -> None:
    """Whatever is still written to it, by requests that were on their way."""
    memory = Remembered(1 << 30)
    flows = FlowState(memory)
    flows.revoked.put("a", True, until=10)
    assert memory.total > 0
    flows.close()
    flows.revoked.put("b", True, until=10)
    assert memory.total == 0


def test_sizes() -> None:
    """Text counts, wherever in a value it stands."""
    client = ClientSettings("app", redirect_uris=("u" * 1000,), claims={"a": ["c" * 1000]})
    assert 2000 < size_of(client) - size_of(replace(client, redirect_uris=None, claims={})) < 2500


def test_what_is_declared_has_an_end() -> None:
    """Beyond it one is refused, and has what it had; what an issuer had is free once it is gone."""
    declared = Declared(1000)
    one, other = Share(declared), Share(declared)
    one.hold("faults", 600)
    with pytest.raises(MockIdpError, match="1,000 bytes") as caught:
        other.hold("keys", 401)
    assert (caught.value.status, caught.value.code) == (409, "too_much_declared")
    other.hold("keys", 400)
    one.close()
    one.hold("faults", 5000)
    other.hold("keys", 1000)
    assert declared.total == 1000


def test_a_spent_fault_makes_room() -> None:
    """The oldest one; the log of what was planned has an end, and planning has none."""
    queue = FaultQueue()
    for number in range(3 * MAX_PLANNED):
        queue.add("jwks", Body(body=str(number)), 1, {})
        if number % 2 == 0:
            assert queue.next_for("jwks", ANYBODY) is not None
        if len(queue.planned()) == MAX_PLANNED and number % 2:
            queue.next_for("jwks", ANYBODY)
    planned = queue.planned()
    assert len(planned) == MAX_PLANNED
    assert planned[-1].id == f"f{3 * MAX_PLANNED}"


def test_waiting_faults_stay() -> None:
    """The one too many is refused."""
    queue = FaultQueue()
    for _ in range(MAX_PLANNED):
        queue.add("jwks", Body(body=""), None, {})
    with pytest.raises(MockIdpError, match="clear them") as caught:
        queue.add("jwks", Body(body=""), None, {})
    assert (caught.value.status, caught.value.code) == (409, "too_many_faults")
    assert len(queue.planned()) == MAX_PLANNED


@pytest.fixture
def state() -> Any:
    """A server without a network."""
    settings = ServerSettings(key_pool_size=0, issuers=(IssuerSettings(id="a", style="custom", algorithm="ES256"),))
    pool = KeyPool(0)
    state = State(settings, "http://localhost", pool)
    state.start()
    yield state
    state.close()


def test_an_issuer_that_finds_no_room(state: State) -> None:
    """It is not made, nothing of it counts, and a reset finds room for those of the start all the same."""
    start = state.memory.declared.total
    assert start > 4000
    state.memory.declared.most = start + 2000
    with pytest.raises(MockIdpError, match="at most") as caught:
        state.add(IssuerSettings(id="b", style="custom", algorithm="ES256"))
    assert caught.value.status == 409
    assert (state.memory.declared.total, len(state.issuers())) == (start, 1)
    state.memory.declared.most = 0
    state.reset()
    assert state.memory.declared.total == start
    state.find("a").reset()
    assert state.memory.declared.total == start


def test_issuers_that_come_and_go(state: State) -> None:
    """Nothing of them is left in what is counted."""
    start = state.memory.declared.total
    for number in range(20):
        issuer = state.add(IssuerSettings(id=f"n{number}", style="custom", algorithm="ES256"))
        record(issuer.log, 100)
        issuer.flows.revoked.put("a", True, until=10)
        issuer.faults.add("jwks", Body(body="x" * 1000), None, {})
        issuer.clients.put_client(ClientSettings("app"))
        issuer.rotate()
        assert state.memory.declared.total > start + 10_000
        state.remove(issuer.id)
        record(issuer.log, 100)
    assert (state.memory.declared.total, state.memory.logs.total, state.memory.flows.total) == (start, 0, 0)


def test_each_kind_counts(state: State) -> None:
    """And what is forgotten counts no more."""
    issuer, declared = state.find("a"), state.memory.declared
    before = declared.total
    issuer.clients.put_client(ClientSettings("app", secret="s" * 1000))
    issuer.clients.put_client(ClientSettings("app", secret="s" * 2000))
    assert 2000 < declared.total - before < 4000
    issuer.clients.remove_client("app")
    assert declared.total - before < 100
    issuer.faults.add("jwks", Body(body="b" * 5000), None, {})
    assert declared.total - before > 5000
    issuer.faults.clear()
    assert declared.total - before < 100


def test_memory_is_the_servers() -> None:
    """Each server has its own."""
    assert IssuersMemory().declared is not IssuersMemory().declared
