"""What granian hands over differently: paths, bodies and clients that leave."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from idp_api import Api, IssuerApi, raw_exchange
from server_process import ServerProcess

END = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--algorithm", "ES256") as running:
        yield running
        assert "Traceback" not in running.text()


@pytest.fixture
def subject(server: ServerProcess) -> Iterator[IssuerApi]:
    """An issuer of its own on the granian server."""
    with Api(server.url) as api:
        issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
        yield issuer
        issuer.ok("DELETE", "")


@pytest.mark.parametrize("kid", ["/dev/null", "k%2F1", "k\n1", "é", "𝔘", "?a#b"])
def test_odd_kids(subject: IssuerApi, kid: str) -> None:
    """A kid of any shape can be named in a path."""
    subject.ok("POST", "/keys", {"kid": kid})
    assert subject.ok("GET", f"/keys/{quote(kid, safe='')}")["kid"] == kid


@pytest.mark.parametrize(
    "target", [b"/%ff%fe", b"/_mock/issuers/%ff", b"/_mock/issuers?since=%ff", b"/i/%F0%9D", b"*", b"/_mock/%0d%0a"]
)
def test_odd_paths(server: ServerProcess, target: bytes) -> None:
    """Bytes that are no text are the client's mistake."""
    assert raw_exchange(server.port, b"GET " + target + END).startswith(b"HTTP/1.1 4")


def test_chunked_bodies_are_bounded(subject: IssuerApi) -> None:
    """Reading stops where the bound is, announced or not."""
    chunks = (b"a" * 100_000 for _ in range(50))
    url = f"{subject.api.url}/_mock/issuers"
    answer = subject.api.session.post(url, data=chunks, headers={"Content-Type": "application/json"}, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")
    assert answer.headers["X-Mock-Idp"] == "testing-only"


def fetch_and_leave(subject: IssuerApi, port: int, wanted: int) -> None:
    """Ask for the JWKS, read a little of it, and go away."""
    path = subject.local(subject.about["jwks_uri"]).removeprefix(subject.api.url)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if wanted:
            connection.recv(wanted)
        else:
            subject.ok("GET", "/requests/wait?timeout=20")


def test_a_client_that_leaves_a_huge_answer(subject: IssuerApi, server: ServerProcess) -> None:
    """The server goes on."""
    subject.fault("huge", bytes=100_000_000, times=1)
    fetch_and_leave(subject, server.port, wanted=1000)
    assert subject.get().status_code == 200


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_a_client_that_leaves_while_it_waits(subject: IssuerApi, server: ServerProcess, kind: str) -> None:
    """Letting a request go on whose client has gone is no error."""
    subject.fault(kind, times=1)
    fetch_and_leave(subject, server.port, wanted=0)
    subject.ok("POST", "/faults/release")
    assert subject.get().status_code == 200


@pytest.mark.parametrize("path", ["/oauth2/token", "/_mock/issuers"])
def test_a_body_that_breaks_off(server: ServerProcess, path: str) -> None:
    """Who has sent less than was announced and waits for an answer gets one, which is no 500."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na".encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"broke off" in answer
