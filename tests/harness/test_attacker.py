"""The attacker's address remembers who called it."""

from __future__ import annotations

import pytest
from raw_server import RawServer

from harness.base.errors import HarnessError
from harness.idp.attacker import AttackerListener
from harness.wire.exchange import Connection, Request


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
def test_a_call_is_remembered_below_its_path(attacker: AttackerListener, method: str) -> None:
    path = f"/{method}/jwks.json"
    with Connection(attacker.url) as connection:
        assert connection.send(Request(method, path)).status == 404
    assert attacker.hits(f"/{method}") == [path]
    assert attacker.hits("/another-cell") == []


@pytest.mark.parametrize(
    ("path", "content_type", "part"),
    [
        ("/bait/x/jwks.json", "application/json", b'{"keys": [{"kty": "RSA", "kid": "a", "x5c": ["MIIB"]}]}'),
        ("/bait/x/.well-known/jwks.json", "application/json", b'{"keys": [{"kty": "RSA"'),
        ("/bait/x/cert.pem", "application/x-pem-file", b"-----BEGIN CERTIFICATE-----\nMIIB\n"),
        ("/bait/x/.well-known/openid-configuration", "application/json", b"/bait/x/jwks.json"),
    ],
)
def test_below_a_baited_path_the_attackers_key_is_served(
    attacker: AttackerListener, path: str, content_type: str, part: bytes
) -> None:
    attacker.bait("/bait/x", {"kty": "RSA", "kid": "a", "x5c": ["MIIB"]})
    with Connection(attacker.url) as connection:
        answer = connection.send(Request("GET", path))
    assert (answer.status, answer.header("Content-Type"), part in answer.body) == (200, content_type, True)
    assert path in attacker.hits("/bait/x")


def test_nobody_listens_there_after_its_end() -> None:
    """Nor is it started then, by a cell that still runs."""
    listener = AttackerListener()
    url = listener.url
    listener.close()
    with Connection(url) as connection:
        assert connection.send(Request("GET", "/")).closed
    with pytest.raises(HarnessError, match="ended"):
        _ = listener.url


def test_another_server_is_no_attacker(attacker: AttackerListener) -> None:
    with RawServer() as server, Connection(server.url) as connection:
        connection.send(Request("GET", "/elsewhere"))
    assert attacker.hits("/elsewhere") == []
