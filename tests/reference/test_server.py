"""The service on the wire: HTTP/1.1 read strictly, connections kept, quick to stop."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest
from werkzeug.middleware.lint import LintMiddleware

from harness.reference.server import ReferenceServer

from .world import Service, World, exchange


def raw(service: Service, request: bytes) -> bytes:
    """Everything the service answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", service.port), 5) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def status_of(answer: bytes) -> int:
    """The status of the first answer."""
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "lines",
    [
        b"Authorization: Bearer a\r\n b\r\n",
        b"X: a\nAuthorization: Bearer t\r\n",
        b"Authorization: Bearer a\0b\r\n",
        b"Authorization : Bearer a\r\n",
        b": x\r\n",
        b"no colon\r\n",
        b"Content-Length: 1x\r\n",
        b"Content-Length: 1\r\nContent-Length: 2\r\n",
        b"X: a\rb\r\n",
    ],
)
def test_a_malformed_header_is_400(world: World, lines: bytes) -> None:
    """RFC 9112 §5: no folding, no bare line feeds, no NUL, no blank before the colon."""
    answer = raw(world.start(), b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n")
    assert status_of(answer) == 400


@pytest.mark.parametrize(
    "line", [b"GET /v1/tasks", b"GET  / HTTP/1.1", b"GET / HTTP/2.0", b"\x16\x03\x01", b"GET x HTTP/1.1"]
)
def test_a_malformed_request_line_is_400(world: World, line: bytes) -> None:
    """TLS on a plain port included."""
    assert status_of(raw(world.start(), line + b"\r\n\r\n")) == 400


@pytest.mark.parametrize(("value", "expected"), [(b"\xff\xfe", 401), (b"caf\xc3\xa9", 401)])
def test_bytes_outside_ascii_are_no_token(world: World, value: bytes, expected: int) -> None:
    """They are legal in a header, not in a token."""
    head = b"GET /v1/tasks HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer " + value
    assert status_of(raw(world.start(), head + b"\r\n\r\n")) == expected


def test_two_authorization_headers_are_refused(world: World) -> None:
    """In either order: it is no list field."""
    service, good = world.start(), b"Authorization: Bearer " + world.k1.token().encode() + b"\r\n"
    bad = b"Authorization: Bearer x\r\n"
    for pair in (good + bad, bad + good):
        answer = raw(service, b"GET /v1/tasks HTTP/1.1\r\nConnection: close\r\n" + pair + b"\r\n")
        assert status_of(answer) == 401


@pytest.mark.parametrize("size", [70_000, 1_000_000])
def test_a_huge_authorization_is_431(world: World, size: int) -> None:
    """And the service still serves."""
    service = world.start()
    assert service.status("a" * size) == 431
    assert service.status(world.k1.token()) == 200


def test_blanks_inside_a_value_cost_no_time(world: World) -> None:
    """Sixty thousand of them."""
    service, began = world.start(), time.monotonic()
    assert service.status(path="/health", headers={"X": "a" + " " * 60_000 + "b"}) == 200
    assert time.monotonic() - began < 20  # A pattern that goes back takes minutes.


def test_a_token_of_seven_kilobytes_is_accepted(world: World) -> None:
    """Large tokens are real."""
    assert world.start().status(world.k1.token(padding="p" * 5000)) == 200


def test_a_long_request_line_is_414(world: World) -> None:
    """Bounded parsing."""
    assert status_of(raw(world.start(), b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")) == 414


def test_a_chunked_body_is_411(world: World) -> None:
    """Only bodies with a length are read."""
    head = b"POST /v1/tasks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert status_of(raw(world.start(), head)) == 411


def test_a_connection_is_kept_after_an_unread_body(world: World) -> None:
    """A refused POST does not leave its body in the way of the next request."""
    service = world.start()
    connection = service.connection()
    try:
        first = exchange(connection, method="POST", body=b'GET /health HTTP/1.1\r\n\r\n{"name":1}')
        used = connection.sock
        second = exchange(connection, token=world.k1.token())
        assert connection.sock is used
    finally:
        connection.close()
    assert (first.status, second.status) == (401, 200)


def test_a_client_that_asks_first_is_told_to_go_on(world: World) -> None:
    """100 Continue, once the body is wanted."""
    token = world.k1.token(permissions=["tasks:create"]).encode()
    head = b"POST /v1/tasks HTTP/1.1\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 12\r\n"
    answer = raw(world.start(), head + b"Authorization: Bearer " + token + b"\r\n\r\n" + b'{"name":"t"}')
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")


def test_a_client_that_asks_first_is_refused_without_its_body(world: World) -> None:
    """No 100 before a 401, and the connection is closed: the body may or may not come."""
    head = b"POST /v1/tasks HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n"
    with socket.create_connection(("127.0.0.1", world.start().port), 5) as connection:
        connection.sendall(head)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"Connection: close" in answer


def test_the_application_and_the_server_keep_to_wsgi(world: World) -> None:
    """Werkzeug's lint finds nothing; a warning in a handler thread would fail the test."""
    service = world.start()
    app = service.server.app
    app.wsgi_app = LintMiddleware(app.wsgi_app)
    admin = world.k1.token(permissions=["tasks:*"])
    assert service.status(admin, method="POST", body=b'{"name":"t"}') == 201
    assert [service.status(admin), service.status(), service.status(path="/metrics")] == [200, 401, 200]


def test_an_old_client_gets_a_closed_connection(world: World) -> None:
    """HTTP/1.0 keeps nothing unless asked."""
    assert b"Connection: close" in raw(world.start(), b"GET /health HTTP/1.0\r\n\r\n")


def test_an_answer_carries_the_time(world: World) -> None:
    """Whoever tests expiry reads the service's clock first."""
    assert world.start().ask("/health").headers["Date"].endswith("GMT")


def test_stopping_is_quick_even_with_open_connections(world: World) -> None:
    """And with a fetch under way."""
    service = world.start(jwks_fetch_timeout_seconds=20.0)
    idle = service.connection()
    exchange(idle, "/health")
    world.issuer.hold()
    waiting = service.connection()
    waiting.request("GET", "/v1/tasks", headers={"Authorization": f"Bearer {world.k1.token()}"})
    assert world.issuer.wait_for_fetches(1)
    began = time.monotonic()
    service.server.stop()
    assert time.monotonic() - began < 15  # The fetch alone may take 20.
    for connection in (idle, waiting):
        connection.close()


def test_a_busy_port_is_the_callers_error(world: World) -> None:
    """OSError, not an exit."""
    taken = world.start().port
    with pytest.raises(OSError, match="in use"):
        ReferenceServer(world.settings(), port=taken).start()


def test_a_server_that_gets_no_thread_keeps_no_socket(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And can be started later, when there is one."""
    made: list[socket.socket] = []
    pair = socket.socketpair

    def seen() -> tuple[socket.socket, socket.socket]:
        made.extend(pair())
        return made[0], made[1]

    server = ReferenceServer(world.settings())
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socketpair", seen)
        patch.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError("no thread")))
        with pytest.raises(RuntimeError, match="no thread"):
            server.start()
    assert [one.fileno() for one in made] == [-1, -1]
    server.stop()
    server.start().stop()


def test_two_threads_may_stop_it(world: World) -> None:
    """As when a run is interrupted while a case ends; each returns when the server is gone."""
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            server = ReferenceServer(world.settings()).start()
            for stopped in [pool.submit(server.stop) for _ in range(2)]:
                stopped.result()


def test_a_stopped_server_stops_again_without_a_word(world: World) -> None:
    """Idempotent."""
    server = ReferenceServer(world.settings()).start()
    server.stop()
    server.stop()
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("127.0.0.1", server.port), 1)
