"""The attacker's address remembers who called it."""

from __future__ import annotations

import pytest
from raw_server import RawServer

from harness.attacker import AttackerListener
from harness.wire import Connection, Request


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
def test_a_call_is_remembered_below_its_path(attacker: AttackerListener, method: str) -> None:
    path = f"/{method}/jwks.json"
    with Connection(attacker.url) as connection:
        assert connection.send(Request(method, path)).status == 404
    assert attacker.hits(f"/{method}") == [path]
    assert attacker.hits("/another-cell") == []


def test_nobody_listens_there_after_its_end() -> None:
    listener = AttackerListener()
    listener.close()
    with Connection(listener.url) as connection:
        assert connection.send(Request("GET", "/")).closed


def test_another_server_is_no_attacker(attacker: AttackerListener) -> None:
    with RawServer() as server, Connection(server.url) as connection:
        connection.send(Request("GET", "/elsewhere"))
    assert attacker.hits("/elsewhere") == []
