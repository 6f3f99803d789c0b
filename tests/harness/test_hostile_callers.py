"""Who calls the attacker's address, or the TLS end of the provider, is a service that nobody trusts."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.idp import attacker as attacker_module
from harness.idp import tls_front as front_module
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.idp.tls_front import TlsFront
from harness.wire.exchange import Connection, Request

SECONDS = 20.0


@pytest.fixture
def own_attacker() -> Iterator[AttackerListener]:
    listener = AttackerListener()
    yield listener
    listener.close()


@pytest.fixture
def front(idp_client: IdpClient) -> Iterator[TlsFront]:
    front = TlsFront(idp_client.url, lambda port: f"https://localhost:{port}")
    yield front
    front.close()


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), SECONDS)


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes the connection, which it has some time for."""
    connection.settimeout(SECONDS)
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        return True
    return True


def call(url: str, path: str) -> int | None:
    with Connection(url) as connection:
        return connection.send(Request("GET", path)).status


def test_many_calls_of_one_cell_hide_no_call_of_another(own_attacker: AttackerListener) -> None:
    """And they cost no memory."""
    own_attacker.bait("/1/a", {"kty": "RSA"})
    own_attacker.bait("/2/b", {"kty": "RSA"})
    for number in range(attacker_module.MAX_HITS + 5):
        assert call(own_attacker.url, f"/1/a/{number}") == 200
    for number in range(attacker_module.MAX_HITS + 5):
        assert call(own_attacker.url, f"/elsewhere/{number}") == 404
    assert call(own_attacker.url, "/2/b/jwks.json") == 200
    assert len(own_attacker.hits("/1/a")) == len(own_attacker.hits("/elsewhere")) == attacker_module.MAX_HITS
    assert own_attacker.hits("/2/b") == ["/2/b/jwks.json"]


HALF_CALLS = [b"", b"GET /a HT", b"GET /a HTTP/1.1\r\nX-A: ", b"POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n"]
MANY = b"GET /a HTTP/1.1\r\n" + b"X-A: x\r\n" * 500 + b"\r\n"
NO_CALLS = [b"\0\1\2\r\n\r\n", b"GET\r\n\r\n", MANY, b"GET /a HTTP/9\r\n\r\n"]


@pytest.mark.parametrize("beginning", HALF_CALLS)
def test_a_call_that_hangs_ends(
    own_attacker: AttackerListener, monkeypatch: pytest.MonkeyPatch, beginning: bytes
) -> None:
    monkeypatch.setattr(attacker_module, "_SECONDS", 0.3)
    with closing(connect(own_attacker.url)) as connection:
        connection.sendall(beginning)
        assert is_closed(connection)


def test_a_call_that_drips_ends(own_attacker: AttackerListener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is that of the whole call, not of each part."""
    monkeypatch.setattr(attacker_module, "_SECONDS", 0.5)
    assert drips_until_closed(own_attacker.url)


def drips_until_closed(url: str) -> bool:
    """Send a byte now and then; whether the other side ends that."""
    pause = threading.Event()
    with closing(connect(url)) as connection:
        for _ in range(int(SECONDS / 0.05)):
            try:
                connection.sendall(b"G")
            except OSError:
                return True
            pause.wait(0.05)
    return False


def test_connections_beyond_the_most_are_closed(
    own_attacker: AttackerListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attacker_module, "MAX_CONNECTIONS", 5)
    listener = AttackerListener()
    with ExitStack() as stack:
        stack.callback(listener.close)
        for _ in range(5):
            open_one = stack.enter_context(closing(connect(listener.url)))
            open_one.sendall(b"GET /a HTTP/1.1\r\n")
        assert is_closed(stack.enter_context(closing(connect(listener.url))))


def test_a_call_leaves_nothing_on_standard_error(
    own_attacker: AttackerListener, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not even one that hangs up: the log of a run belongs to the run."""
    for data in NO_CALLS:
        with closing(connect(own_attacker.url)) as connection:
            connection.sendall(data)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert call(own_attacker.url, "/b") == 404
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("length", ["-1", "+5", "1e9", "9" * 30, "\u0665", ""])
def test_an_odd_length_of_a_call_is_a_call(own_attacker: AttackerListener, length: str) -> None:
    with closing(connect(own_attacker.url)) as connection:
        connection.sendall(f"POST /odd HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 404"
    assert own_attacker.hits("/odd") == ["/odd"]


def health(front: TlsFront) -> int:
    context = ssl.create_default_context(cafile=front.ca_file)
    port = int(front.address.rpartition(":")[2])
    with closing(http.client.HTTPSConnection("localhost", port, context=context, timeout=SECONDS)) as client:
        client.request("GET", "/_mock/health")
        return client.getresponse().status


@pytest.mark.parametrize("beginning", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01", b"CONNECT a:1 HTTP/1.1\r\n"])
def test_a_handshake_that_hangs_ends(front: TlsFront, monkeypatch: pytest.MonkeyPatch, beginning: bytes) -> None:
    monkeypatch.setattr(front_module, "_HANDSHAKE_SECONDS", 0.3)
    with closing(connect(f"http://{front.address}")) as connection:
        connection.sendall(beginning)
        assert is_closed(connection)
    monkeypatch.undo()
    assert health(front) == 200


def test_a_handshake_that_drips_ends(front: TlsFront, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module, "_HANDSHAKE_SECONDS", 0.5)
    assert drips_until_closed(f"http://{front.address}")


def test_connections_to_the_front_beyond_the_most_are_closed(front: TlsFront, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_module, "MAX_CONNECTIONS", 5)
    with ExitStack() as stack:
        url: Any = f"http://{front.address}"
        for _ in range(5):
            stack.enter_context(closing(connect(url)))
        assert is_closed(stack.enter_context(closing(connect(url))))


def test_the_end_of_the_front_waits_for_no_client(idp_client: IdpClient) -> None:
    front = TlsFront(idp_client.url, lambda port: f"https://localhost:{port}")
    with closing(connect(f"http://{front.address}")) as connection:
        connection.sendall(b"CONNECT")
        front.close()
        assert is_closed(connection)
