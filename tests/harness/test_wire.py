"""What goes over the wire is what the scenario says, and what comes back is told as it was."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
from raw_server import CLOSE, OK, SILENCE, RawServer

from harness.base.errors import HarnessError
from harness.wire.exchange import Connection, Exchange, Header, Request


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def get(path: str = "/", *headers: Header) -> Request:
    return Request("GET", path, headers)


def sent(server: RawServer, request: Request) -> bytes:
    """The bytes of one request as the server got them."""
    with Connection(server.url) as connection:
        assert connection.send(request).status == 200
    return server.requests[-1]


def header_lines(server: RawServer, *headers: Header) -> list[bytes]:
    head = sent(server, get("/", *headers)).partition(b"\r\n\r\n")[0]
    return head.split(b"\r\n")[2:]  # Behind the request line and Host.


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tasks",
        "//v1//tasks",
        "/v1/./tasks/../tasks",
        "/v1%2ftasks",
        "/a b",
        "/a#b?c",
        "/?a=b&&a=",
        "/{a}[1]|\\^",
        "/\x01\x7f",
        "/é",
        "*",
        "http://other/abs",
    ],
)
def test_the_path_goes_out_exactly_as_it_stands(server: RawServer, path: str) -> None:
    assert sent(server, get(path)).split(b"\r\n")[0] == b"GET " + path.encode() + b" HTTP/1.1"


def test_a_base_urls_path_stands_in_front(server: RawServer) -> None:
    with Connection(server.url + "/prefix/") as connection:
        connection.send(get("/v1/tasks"))
    assert server.requests[0].startswith(b"GET /prefix/v1/tasks HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        ("Bearer x", b"Bearer x"),
        ("  two  blanks ", b"  two  blanks "),
        ("", b""),
        ("\u00e9\u00ff", b"\xe9\xff"),
        ("\uff22earer", "\uff22earer".encode()),
        (b"\x80\xfe\x00\x01", b"\x80\xfe\x00\x01"),
        ("tab\there", b"tab\there"),
    ],
)
def test_header_bytes_go_out_exactly(server: RawServer, value: str | bytes, wire: bytes) -> None:
    """Characters up to U+00FF are those bytes, others are their UTF-8, bytes are themselves."""
    assert header_lines(server, ("X-Value", value)) == [b"X-Value: " + wire]


def test_headers_keep_their_order_case_and_repetition(server: RawServer) -> None:
    headers = [("aUTHORIZATION", "one"), ("X-B", "2"), ("Authorization", "two")]
    assert header_lines(server, *headers) == [b"aUTHORIZATION: one", b"X-B: 2", b"Authorization: two"]


def test_nothing_is_added_but_the_host(server: RawServer) -> None:
    host = server.url.removeprefix("http://").encode()
    assert sent(server, get()) == b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"


def test_a_host_of_its_own_goes_out_in_place_of_the_servers(server: RawServer) -> None:
    """Of two a server takes either, or refuses the request (RFC 9112 §3.2)."""
    request = sent(server, get("/", ("X-First", "1"), ("host", "another.example")))
    assert request == b"GET / HTTP/1.1\r\nX-First: 1\r\nhost: another.example\r\n\r\n"


def test_a_body_goes_out_with_its_length(server: RawServer) -> None:
    request = sent(server, Request("POST", "/", (), "é".encode()))
    assert request.endswith(b"\r\nContent-Length: 2\r\n\r\n\xc3\xa9")


def test_an_empty_body_has_a_length_too(server: RawServer) -> None:
    assert sent(server, Request("POST", "/", (), b"")).endswith(b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    "headers", [[("X-A", "line\r\nX-B: break")], [("X-A\r\nX-B", "break")], [("X-\u00e9", "name beyond ASCII")]]
)
def test_what_is_no_http_is_an_error_and_no_closed_connection(server: RawServer, headers: list[Header]) -> None:
    """Nothing was asked, so nothing was refused."""
    with Connection(server.url) as connection, pytest.raises(HarnessError, match="can't be sent as it stands"):
        connection.send(get("/", *headers))
    assert server.requests == []


def test_an_answer_is_told_as_it_came() -> None:
    raw = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 3\r\n\r\nno!"
    with RawServer(raw) as server, Connection(server.url) as connection:
        exchange = connection.send(get())
    assert (exchange.status, exchange.body) == (401, b"no!")
    assert exchange.headers[:3] == (("WWW-Authenticate", "Bearer"), ("X-A", "1"), ("X-A", "2"))
    assert exchange.header("www-authenticate") == "Bearer"
    assert exchange.summary() == "401 Unauthorized no!"
    assert exchange.seconds > 0


@pytest.mark.parametrize(
    ("content", "code", "status", "summary"),
    [
        ("application/grpc", "16", 401, "16 no token"),
        ("application/grpc", "7", 403, "7 no token"),
        ("application/grpc", "12", 501, "12 no token"),
        ("application/grpc", "0", 200, "0 no token"),
        ("application/grpc", "17", 200, "17 no token"),
        ("application/grpc", "no number", 200, "no number no token"),
        ("application/json", "16", 200, "200 OK"),
    ],
)
def test_a_refusal_in_the_form_of_grpc_counts_by_its_code(content: str, code: str, status: int, summary: str) -> None:
    """As Envoy 1.40.0 refuses what is said to be gRPC, over HTTP/1.1 too; nothing else turns 200 into a refusal."""
    head = f"HTTP/1.1 200 OK\r\nGRPC-Status: {code}\r\ngrpc-message: no token\r\nContent-Length: 0\r\n\r\n"
    with RawServer(head.encode()) as server, Connection(server.url) as connection:
        exchange = connection.send(get("/", ("Content-Type", content)))
    assert (exchange.status, exchange.summary()) == (status, summary)


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"
    with RawServer(raw) as server, Connection(server.url) as connection:
        assert connection.send(get()).status == 302
        assert len(server.requests) == 1


def test_requests_share_one_connection(server: RawServer) -> None:
    with Connection(server.url) as connection:
        assert [connection.send(get()).status for _ in range(3)] == [200, 200, 200]
    assert server.connections == 1


def test_a_connection_that_the_service_announced_to_close_is_not_used_again() -> None:
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + CLOSE
    with RawServer(closing) as server, Connection(server.url) as connection:
        assert [connection.send(get()).status for _ in range(2)] == [200, 200]
        assert server.connections == 2


def test_a_connection_closed_while_idle_is_opened_again() -> None:
    with RawServer(OK + CLOSE, OK) as server, Connection(server.url) as connection:
        assert connection.send(get()).status == 200
        server.wait_until_closed()
        assert connection.send(get()).status == 200
        assert server.connections == 2


def test_the_same_connection_is_not_opened_again() -> None:
    """A case about two requests on one connection must not go on with another one."""
    with RawServer(OK + CLOSE, OK) as server, Connection(server.url) as connection:
        connection.send(get())
        server.wait_until_closed()
        exchange = connection.send(get(), same=True)
    assert (exchange.status, exchange.closed) == (None, True)
    assert len(server.requests) == 1


def test_a_service_that_closes_instead_of_answering_is_told_so() -> None:
    with RawServer(CLOSE) as server, Connection(server.url) as connection:
        exchange = connection.send(get())
    assert exchange.closed
    assert exchange.summary().startswith("connection closed (")
    assert len(server.requests) == 1


def test_a_service_that_closes_a_used_connection_is_asked_twice() -> None:
    """Once more on a fresh connection: the first may have been closed for being idle."""
    with RawServer(OK, CLOSE) as server, Connection(server.url) as connection:
        connection.send(get("/one"))
        assert connection.send(get("/two")).closed
    assert [request.split(b" ")[1] for request in server.requests] == [b"/one", b"/two", b"/two"]


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
    ids=["nothing", "no-http", "too-short"],
)
def test_a_broken_answer_is_a_closed_connection(answer: bytes) -> None:
    with RawServer(answer + CLOSE) as server, Connection(server.url) as connection:
        exchange = connection.send(get())
    assert (exchange.status, exchange.closed) == (None, True)


def test_a_port_where_nobody_listens_is_a_closed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with Connection(url) as connection:
        assert connection.send(get()).problem == "connection closed (ConnectionRefusedError: Connection refused)"


@pytest.mark.parametrize("answer", [SILENCE, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"], ids=["none", "half"])
def test_no_whole_answer_in_time_is_no_answer(answer: bytes) -> None:
    """Which is not the same as a closed connection: nobody was refused."""
    with RawServer(answer, OK) as server, Connection(server.url) as connection:
        exchange = connection.send(get(), answer_seconds=0.2)
        assert (exchange.status, exchange.closed) == (None, False)
        assert exchange.summary() in ("no answer within 0.2 s", "no whole answer within 0.2 s, but 42 bytes of one")
        assert 0.2 <= exchange.seconds < 5


def test_after_no_answer_the_next_request_has_a_connection_of_its_own() -> None:
    """A late answer to the first request must not be taken for that to the second."""
    with RawServer(SILENCE, OK) as server, Connection(server.url) as connection:
        connection.send(get("/one"), answer_seconds=0.1)
        assert connection.send(get("/two")).status == 200
        assert server.connections == 2


@pytest.mark.parametrize("url", ["ftp://host", "127.0.0.1:80", "http://", ""])
def test_a_base_url_is_a_url(url: str) -> None:
    with pytest.raises(HarnessError, match="is no http:// or https:// URL"):
        Connection(url)


def test_https_checks_the_certificate() -> None:
    """A service whose certificate nobody vouches for is not talked to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                hello.append(connection.recv(1))
                done.set()

        hello: list[bytes] = []
        thread = threading.Thread(target=serve)
        thread.start()
        with Connection(f"https://127.0.0.1:{listener.getsockname()[1]}") as connection:
            exchange = connection.send(get())
        thread.join(20)
    assert hello == [b"\x16"]  # A TLS handshake.
    assert exchange.closed
    assert any(name in exchange.problem for name in ("SSL", ssl.SSLEOFError.__name__, "Connection"))


def test_a_long_text_is_cut() -> None:
    exchange = Exchange(get(), 200, body=b"x" * 1000)
    assert str(exchange.text(10)) == "x" * 10 + "… (990 more bytes)"
    assert exchange.judged_text(10) == "x" * 10 + "…"


def test_a_requests_header_is_found_in_any_case() -> None:
    assert get("/", ("X-A", b"\xff1")).header("x-a") == "\\xff1"
    assert get("/").header("x-a") is None
