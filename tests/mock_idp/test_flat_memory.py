"""Thousands of requests of every kind leave no more behind than the stores may hold."""

from __future__ import annotations

import itertools
import socket
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from mock_idp.embed import EmbeddedIdp
from mock_idp.issuer.flow_state import FlowState
from mock_idp.issuer.issuer import Issuer
from mock_idp.plans.faults.responses import Status
from mock_idp.plans.queue import MAX_PLANNED
from mock_idp.plans.stubs.settings import stub_settings
from mock_idp.settings import IssuerSettings, ServerSettings

LOG_SIZE, STORE_SIZE = 50, 20
ROUNDS = 300
FORM = "application/x-www-form-urlencoded"
CALLBACK = "https://app.example/callback"
numbers = itertools.count()


@pytest.fixture
def idp(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedIdp]:
    """A server whose stores are small."""
    monkeypatch.setattr("mock_idp.issuer.store.MAX_ENTRIES", STORE_SIZE)
    issuer = IssuerSettings(id="a", style="custom", algorithm="ES256", auto_login="ann")
    settings = ServerSettings(port=0, key_pool_size=0, request_log_size=LOG_SIZE, issuers=(issuer,))
    with EmbeddedIdp(settings) as server:
        yield server
        server.raise_pending()


def request(method: str, target: str, form: dict[str, str] | None = None) -> bytes:
    """One, in bytes; of parameters that stand in no other one."""
    given = {"client_id": f"c{next(numbers)}", **(form or {})}
    if method == "GET":
        return f"GET {target}?{urlencode(given)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    body = urlencode(given)
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def one_of_each(paths: dict[str, str]) -> list[bytes]:
    """Requests of every kind, good and bad; each leaves something somewhere."""
    code = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid offline_access"}
    return [
        request("POST", paths["token"], {"grant_type": "client_credentials", "scope": f"s{next(numbers)}"}),
        request(
            "POST", paths["token"], {"grant_type": "password", "username": "ann", "password": "x", "scope": "openid"}
        ),
        request("GET", paths["authorize"], code),
        request("POST", paths["par"], code),
        request("POST", paths["device_authorization"]),
        request("POST", paths["revoke"], {"token": f"t{next(numbers)}"}),
        request("POST", paths["introspect"], {"token": f"t{next(numbers)}"}),
        request("GET", paths["jwks"]),
        request("GET", f"/i/a/nothing/{next(numbers)}"),
    ]


def ask(port: int, requests: list[bytes]) -> Counter[bytes]:
    """How many answers of each status, to requests on one connection."""
    ending = b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"".join(requests) + ending)
        answer = b"".join(iter(lambda: connection.recv(262_144), b""))
    statuses = Counter(part[:3] for part in answer.split(b"HTTP/1.1 ")[1:])
    assert sum(statuses.values()) == len(requests) + 1
    return statuses


def plan(issuer: Issuer) -> None:
    """A fault and a scripted answer for one request each, with something to hold."""
    issuer.faults.add("discovery", Status(status=418, body="x" * 50), 1, {"client_id": f"p{next(numbers)}"})
    issuer.faults.add("jwks", Status(status=418, body="x" * 50), 1, {})
    issuer.stubs.add(stub_settings({"on": "token", "response": {"body": f"{next(numbers)}"}}))


def held(issuer: Issuer, flows: FlowState) -> dict[str, int]:
    """How many things each store has."""
    stores = {name: len(store) for name, store in vars(flows).items() if store in flows.stores}
    plans = {"faults": len(issuer.faults.planned()), "script": len(issuer.stubs.planned())}
    return {**stores, **plans, "log": len(issuer.log.records()), "keys": len(issuer.key_entries())}


def test_what_requests_leave_behind(idp: EmbeddedIdp) -> None:
    """After some hundred of each kind the stores are full, and after thousands they hold as much, in as many bytes."""
    issuer = idp.state.find("a")
    paths = {endpoint: path for path, endpoint in issuer.routes()}
    seen: list[tuple[dict[str, int], int, int]] = []
    statuses: Counter[bytes] = Counter()
    for number in range(ROUNDS):
        if number % 3 == 0:
            plan(issuer)
        statuses += ask(idp.port, one_of_each(paths))
        with socket.create_connection(("127.0.0.1", idp.port), timeout=60) as connection:
            connection.sendall(b"\x00\xff not HTTP %d\r\n\r\n" % number)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
        if number in (ROUNDS // 3, ROUNDS - 1):
            memory = idp.state.memory
            seen.append((held(issuer, issuer.flows), memory.logs.total, memory.flows.total))
    assert {b"200", b"201", b"303", b"404", b"418"} <= statuses.keys()
    assert not any(status.startswith(b"5") for status in statuses)
    (early, early_log, early_flows), (late, late_log, late_flows) = seen
    assert early.pop("faults") < late["faults"] <= MAX_PLANNED
    assert early.pop("script") < late["script"] <= MAX_PLANNED
    assert early == {name: late[name] for name in early}
    full = {name for name, count in late.items() if count == STORE_SIZE}
    assert full >= {"codes", "access_tokens", "devices", "user_codes", "pushed"}
    assert late["log"] == LOG_SIZE
    # A number more or less in a client id is all that changes.
    assert abs(late_log - early_log) < 0.05 * early_log
    assert abs(late_flows - early_flows) < 0.05 * early_flows
    issuer.reset()
    assert (idp.state.memory.logs.total, idp.state.memory.flows.total) == (0, 0)
