"""The in-process HTTP server, with raw bytes on real sockets."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from idp_api import raw_exchange

from mock_idp.http11.server import HttpServer


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with what it was asked, as JSON."""
    if environ["PATH_INFO"] == "/boom":
        raise RuntimeError("boom")
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "CONTENT_LENGTH", "HTTP_X_A")
    said = {name: environ.get(name) for name in names}
    body = json.dumps({**said, "body": environ["wsgi.input"].read().decode()}).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Echo:
    """A running server, and the exceptions its application let out."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.server = HttpServer("127.0.0.1", 0)
        self.server.start(echo, self.errors.append)

    def send(self, request: bytes) -> tuple[int, dict[str, Any]]:
        """Status and decoded body of the answer to raw bytes (with the end of the connection asked for)."""
        head, _, body = raw_exchange(self.server.port, request).partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), json.loads(body) if body.startswith(b"{") else {}


@pytest.fixture
def server() -> Iterator[Echo]:
    running = Echo()
    yield running
    running.server.close()


END = b"Connection: close\r\n\r\n"


def test_path_and_query(server: Echo) -> None:
    """The path is decoded, the query is left as it is."""
    _, said = server.send(b"GET /a%20b?x=%20 HTTP/1.1\r\nHost: h\r\n" + END)
    assert (said["PATH_INFO"], said["QUERY_STRING"]) == ("/a b", "x=%20")


def test_absolute_form(server: Echo) -> None:
    """A request meant for a proxy carries the whole URL; path and host come from it (RFC 9112 section 3.2.2)."""
    _, said = server.send(b"GET http://idp.test:81/keys?a=1 HTTP/1.1\r\nHost: other\r\n" + END)
    assert (said["PATH_INFO"], said["QUERY_STRING"], said["HTTP_HOST"]) == ("/keys", "a=1", "idp.test:81")


def test_absolute_form_without_path(server: Echo) -> None:
    """No path is the root."""
    assert server.send(b"GET http://idp.test HTTP/1.1\r\nHost: h\r\n" + END)[1]["PATH_INFO"] == "/"


def test_body_with_length(server: Echo) -> None:
    """A body of a known length is read whole."""
    _, said = server.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n" + END + b"hello")
    assert said["body"] == "hello"


def test_chunked_body(server: Echo) -> None:
    """Chunks are joined, and the application learns the length (RFC 9112 section 7.1)."""
    chunks = b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n"
    _, said = server.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + END + chunks)
    assert (said["body"], said["CONTENT_LENGTH"]) == ("hello", "5")


def test_expect_continue(server: Echo) -> None:
    """A client that asks first is told to go on."""
    with socket.create_connection(("127.0.0.1", server.server.port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + END)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"hi")
        assert b'"body": "hi"' in connection.recv(10_000)


def test_repeated_headers_are_joined(server: Echo) -> None:
    """Two fields of one name are one list (RFC 9110 section 5.3)."""
    _, said = server.send(b"GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n" + END)
    assert said["HTTP_X_A"] == "1, 2"


def test_keep_alive_and_pipelining(server: Echo) -> None:
    """Two requests sent at once on one connection are answered in order."""
    one, two = b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n", b"GET /2 HTTP/1.1\r\nHost: h\r\n" + END
    answer = raw_exchange(server.server.port, one + two)
    assert answer.index(b'"/1"') < answer.index(b'"/2"')


def test_http_1_0_ends_the_connection(server: Echo) -> None:
    """Without HTTP/1.1 the connection does not stay open."""
    assert b"Connection: close" in raw_exchange(server.server.port, b"GET / HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 413),
        (b"GET /" + b"a" * 70_000, 414),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000, 431),
    ],
)
def test_refuses_what_it_cannot_read(server: Echo, request_: bytes, status: int) -> None:
    """A request that is not one gets a 4xx or 5xx and the end of the connection, never a guess."""
    assert server.send(request_)[0] == status
    assert b"\r\nX-Mock-Idp: testing-only\r\n" in raw_exchange(server.server.port, request_)
    assert server.errors == []


def test_keeps_the_exceptions_of_the_application(server: Echo) -> None:
    """The client gets 500, the owner of the server the exception."""
    assert server.send(b"GET /boom HTTP/1.1\r\nHost: h\r\n\r\n")[0] == 500
    assert [str(error) for error in server.errors] == ["boom"]


def test_a_client_that_leaves_is_no_error(server: Echo) -> None:
    """Half a request and a reset leave no trace."""
    with socket.create_connection(("127.0.0.1", server.server.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
    assert server.send(b"GET / HTTP/1.1\r\nHost: h\r\n" + END)[0] == 200
    assert server.errors == []


def test_a_hundred_at_once(server: Echo) -> None:
    """A hundred clients with ten requests each all get their answers."""
    statuses: list[int] = []
    start = threading.Barrier(100)

    def client() -> None:
        start.wait()
        request = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 9 + b"GET / HTTP/1.1\r\nHost: h\r\n" + END
        statuses.append(raw_exchange(server.server.port, request, seconds=30).count(b"200 OK"))

    threads = [threading.Thread(target=client) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [10] * 100


def test_ends_at_once(server: Echo) -> None:
    """Idle connections do not hold the server up, and their threads are gone afterwards."""
    idle = [socket.create_connection(("127.0.0.1", server.server.port)) for _ in range(5)]
    server.send(b"GET / HTTP/1.1\r\nHost: h\r\n" + END)
    before = time.monotonic()
    server.server.close()
    assert time.monotonic() - before < 15  # An idle connection may stay for longer.
    assert not [thread for thread in threading.enumerate() if thread.name == f"http-server-{server.server.port}"]
    for connection in idle:
        connection.close()


def test_a_taken_port_is_an_oserror(server: Echo) -> None:
    """The thread that makes a server learns that it cannot have the port."""
    with pytest.raises(OSError, match="in use"):
        HttpServer("127.0.0.1", server.server.port)


def test_a_server_that_gets_no_thread_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """And keeps no socket."""
    server = HttpServer("127.0.0.1", 0)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("no thread")))
        with pytest.raises(RuntimeError, match="no thread"):
            server.start(lambda environ, start: [], lambda error: None)
    server.close()
    sockets = (server._listener, server._wake, server._waker)
    assert [one.fileno() for one in sockets] == [-1, -1, -1]
