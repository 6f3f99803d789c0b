"""What one client, and all together, can ask of the in-process HTTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from idp_api import IssuerApi, raw_exchange

from mock_idp.http11.limits import HttpLimits
from mock_idp.http11.server import HttpServer

SECONDS = 20.0
REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
MARKER = b"X-Mock-Idp: testing-only"

Serve = Callable[..., int]


class Held:
    """An application that holds the requests for /held until told to let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.came = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/held":
            self.came.release()
            self.go.wait(SECONDS)
        body = b"x" * (100_000_000 if environ["PATH_INFO"] == "/large" else 2)
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def application() -> Held:
    return Held()


@pytest.fixture
def serve(application: Held) -> Iterator[Serve]:
    """Starts a server with these limits; out: its port."""
    errors: list[BaseException] = []
    with ExitStack() as servers:

        def start(**limits: Any) -> int:
            server = HttpServer("127.0.0.1", 0, limits=HttpLimits(**limits))
            servers.callback(server.close)
            server.start(application, errors.append)
            return server.port

        yield start
        application.go.set()
    assert errors == []


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)


def ask(connection: socket.socket, request: bytes = REQUEST) -> bytes:
    connection.sendall(request)
    return connection.recv(1000)


def drip(connection: socket.socket, part: bytes) -> bytes:
    """Send that part for as long as the server takes it; then what it answers."""
    connection.settimeout(0.01)
    while True:
        try:
            connection.sendall(part)
            answer = connection.recv(1000)
        except TimeoutError:
            continue
        return answer


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"GET / HTTP/1.1\r\n", b"A: b\r\n"),
        (b"GET /", b"a"),
        (b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", b"a"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
)
def test_slow_requests_end(serve: Serve, start: bytes, part: bytes) -> None:
    """Whoever spreads a request over time is told 408, however steadily its bytes come."""
    with connect(serve(head_seconds=0.3, body_seconds=0.3, head_bytes=10_000_000)) as connection:
        connection.sendall(start)
        answer = drip(connection, part)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert MARKER in answer


def test_silent_requests_end(serve: Serve) -> None:
    """Half a request is 408, too."""
    assert raw_exchange(serve(head_seconds=0.1), b"GET / HT").startswith(b"HTTP/1.1 408 ")


def test_idle_connections_end(serve: Serve) -> None:
    """Before the first request and after one, without a word."""
    port = serve(idle_seconds=0.1)
    assert raw_exchange(port, b"") == b""
    assert raw_exchange(port, REQUEST).count(b"HTTP/1.1") == 1


def test_a_client_that_does_not_read_ends(serve: Serve) -> None:
    """An answer that nobody takes holds nobody up."""
    port = serve(send_seconds=0.1, connections=1)
    with connect(port) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
        assert connection.recv(10)
        assert raw_exchange(port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("said", [b"", b"GET / HT", REQUEST])
def test_the_longest_waiting_makes_room(serve: Serve, said: bytes) -> None:
    """Connections that wait for their clients give way to new ones, oldest first."""
    port = serve(connections=3)
    with ExitStack() as stack:
        idle = [stack.enter_context(connect(port)) for _ in range(3)]
        for connection in idle:
            connection.sendall(said)
        answers = [connection.recv(1000) for connection in idle] if said == REQUEST else []
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
        for number in range(10):
            assert ask(stack.enter_context(connect(port))).startswith(b"HTTP/1.1 200 "), number
        assert [connection.recv(1000) for connection in idle] == [b""] * 3


def test_who_is_being_answered_stays(serve: Serve, application: Held) -> None:
    """No new connection ends a request that is held up."""
    port = serve(connections=3)
    with ExitStack() as stack:
        held = [stack.enter_context(connect(port)) for _ in range(2)]
        for connection in held:
            connection.sendall(b"GET /held HTTP/1.1\r\nHost: h\r\n\r\n")
            assert application.came.acquire(timeout=SECONDS)
        for _ in range(10):
            assert ask(stack.enter_context(connect(port))).startswith(b"HTTP/1.1 200 ")
        application.go.set()
        assert [connection.recv(15) for connection in held] == [b"HTTP/1.1 200 OK"] * 2


def test_where_all_are_being_answered(serve: Serve, application: Held) -> None:
    """One more is turned away at once."""
    port = serve(connections=1)
    with connect(port) as held:
        held.sendall(b"GET /held HTTP/1.1\r\nHost: h\r\n\r\n")
        assert application.came.acquire(timeout=SECONDS)
        with connect(port) as late:
            assert late.recv(100) == b""
        application.go.set()
        assert held.recv(15) == b"HTTP/1.1 200 OK"


def test_without_another_thread(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no more threads costs a connection, not the server."""
    port = serve()
    with connect(port) as idle, monkeypatch.context() as patched:
        assert ask(idle)
        failed = threading.Event()

        def start(thread: threading.Thread) -> None:
            failed.set()
            raise RuntimeError("can't start new thread")

        patched.setattr(threading.Thread, "start", start)
        with connect(port) as refused:
            assert refused.recv(100) == b""
        assert failed.is_set()
        assert idle.recv(100) == b"", "who waited longest should have given its thread up"
    with connect(port) as connection:
        assert ask(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("size", [5_000_000, 20_000_000])
def test_whoever_sends_too_much_reads_why(faulty: IssuerApi, size: int) -> None:
    """The refusal isn't lost with the bytes that nobody reads."""
    port = int(faulty.api.url.rpartition(":")[2])
    head = b"POST /_mock/issuers HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    answer = raw_exchange(port, head + b"Content-Length: %d\r\n\r\n" % size + b" " * size)
    assert answer[9:13] == b"413 "
    assert MARKER.lower() in answer.lower()
