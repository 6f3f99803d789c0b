"""Every wait on a service has an end, and everything that is read of it a limit, whatever the service does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from both_ways import both_ways, send
from dripping_server import SECONDS, DrippingServer
from raw_server import OK, RawServer

from harness.base.errors import HarnessError
from harness.processes.readiness import health_state
from harness.wire.answer_reader import MAX_BODY, MAX_FIELDS, MAX_HEAD, MAX_INTERIM, MAX_OVERHEAD
from harness.wire.exchange import Connection, Exchange, Request

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
# Where an answer may drip: what comes first, and what comes again and again.
DRIPS = {
    "status line": (b"HTTP/1.1 200 ", b"x"),
    "header": (b"HTTP/1.1 200 OK\r\nX-A: ", b"x"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: x\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "body until the end": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "chunks": (CHUNKED, b"1\r\nx\r\n"),
    "chunk extension": (CHUNKED + b"1;", b"x"),
    "trailer": (CHUNKED + b"0\r\nX-A: ", b"x"),
    "trailers": (CHUNKED + b"0\r\n", b"X-A: x\r\n"),
}


def drip(where: str, pause: float = 0.05) -> DrippingServer:
    return DrippingServer(*DRIPS[where], pause)


@both_ways
@pytest.mark.parametrize("where", DRIPS)
def test_an_answer_that_drips_is_late(ask: Callable[[str, float], Exchange], where: str) -> None:
    """The time is that of the whole answer, not of each part."""
    with drip(where) as server:
        exchange = ask(server.url, 0.4)
    assert exchange.problem.startswith("no whole answer within 0.4 s, but ")
    assert (exchange.status, exchange.late, exchange.closed, exchange.limit) == (None, True, False, False)


ENDLESS = {
    "status line": "the answer has a head of more than 64 KiB, the most that is read",
    "header": "the answer has a head of more than 64 KiB, the most that is read",
    "headers": "the answer has more than 256 headers, the most that are read",
    "interim answers": "more than 16 interim answers (1xx) came, the most that are read",
    "body until the end": "the answer 200 has a body of more than 4 MiB, the most that is read",
    "chunk extension": "the answer 200 has a chunk line of more than 64 KiB, the most that is read",
    "trailer": "the answer 200 has trailers of more than 64 KiB, the most that is read",
    "trailers": "the answer 200 has more than 256 trailers, the most that are read",
}


@both_ways
@pytest.mark.parametrize("where", ENDLESS)
def test_an_answer_that_gushes_is_beyond_a_limit(ask: Callable[[str], Exchange], where: str) -> None:
    """It says which, and how much that is."""
    beginning, piece = DRIPS[where]
    with DrippingServer(beginning, piece * (20_000 // len(piece)), pause=0.0) as server:
        exchange = ask(server.url)
    assert exchange.problem == ENDLESS[where]
    assert (exchange.status, exchange.limit, exchange.late, exchange.closed) == (None, True, False, False)


def answer_with(count: int, header: bytes = b"X-A: x\r\n", where: str = "headers") -> bytes:
    if where == "trailers":
        return CHUNKED + b"0\r\n" + header * count + b"\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + header * count + b"\r\n"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (answer_with(MAX_FIELDS - 1), ""),
        (answer_with(MAX_FIELDS), "the answer has more than 256 headers"),
        (answer_with(1, b"X-A: %b\r\n" % (b"x" * (MAX_HEAD - 1000))), ""),
        (answer_with(1, b"X-A: %b\r\n" % (b"x" * MAX_HEAD)), "the answer has a head of more than 64 KiB"),
        (answer_with(MAX_FIELDS, where="trailers"), ""),
        (answer_with(MAX_FIELDS + 1, where="trailers"), "the answer 200 has more than 256 trailers"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * MAX_INTERIM + OK, ""),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MAX_INTERIM + 1) + OK, f"more than {MAX_INTERIM} interim answers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (MAX_BODY, b"x" * MAX_BODY), ""),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (MAX_BODY + 1, b"x" * (MAX_BODY + 1)),
            "the answer 200 has a body of more than 4 MiB",
        ),
    ],
    ids=["fields", "a field more", "head", "head+", "trailers", "a trailer more", "1xx", "a 1xx more", "body", "body+"],
)
def test_a_limit_is_where_it_says(answer: bytes, problem: str) -> None:
    with RawServer(answer) as server:
        exchange = send(server.url)
    assert (exchange.status, exchange.problem[: len(problem)]) == (None if problem else 200, problem)


def test_chunks_that_are_all_extension_are_beyond_a_limit() -> None:
    """A body of one byte a chunk does not let an answer go on for ever."""
    chunk = b"1;%b\r\nx\r\n" % (b"e" * 30_000)
    with DrippingServer(CHUNKED, chunk * 8, pause=0.0) as server:
        exchange = send(server.url)
    assert exchange.problem == "the answer 200 takes more than 8 MiB on the wire, the most that is read"


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_service_that_reads_nothing_is_late(seconds: float) -> None:
    """The request is larger than what fits into the buffers on its way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Connection(url) as connection:
            exchange = connection.send(Request("POST", "/", (), b"x" * 50_000_000), answer_seconds=seconds)
    assert exchange.problem == f"no answer within {seconds:g} s"


def test_a_name_that_nobody_resolves_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver has no time limit of its own."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(SECONDS) and [])
    exchange = send("http://service.test", 0.3)
    over.set()
    assert exchange.problem == "no answer within 0.3 s"


@pytest.mark.parametrize("url", ["http://no-such-name.invalid", f"http://{'a' * 70}.test", "http://a..b"])
def test_a_name_that_does_not_exist_is_told(url: str) -> None:
    exchange = send(url)
    assert exchange.problem.startswith("connection closed (")
    assert exchange.closed


@both_ways
@pytest.mark.parametrize("where", DRIPS)
def test_the_end_of_the_run_ends_each_wait(ask: Callable[..., Exchange], where: str) -> None:
    """Ctrl-C is heard within a second, however much time the answer would still have."""
    ended = threading.Event()
    with drip(where) as server:
        threading.Thread(target=lambda: server.dripping.wait(SECONDS) and ended.set()).start()
        started = time.monotonic()
        with pytest.raises(HarnessError, match="the run was ended"):
            ask(server.url, 600, ended)
        assert time.monotonic() - started < 300


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_health_check_that_drips_is_no_health(where: str) -> None:
    with drip(where) as server:
        healthy, state = health_state(server.url)
    assert (healthy, state[:23]) == (False, "no whole answer within ")


def test_a_redirect_of_the_health_check_is_not_followed() -> None:
    """Health is that of the service, not of whom it points to."""
    with RawServer(OK) as other:
        moved = f"HTTP/1.1 302 Found\r\nLocation: {other.url}/health\r\nContent-Length: 0\r\n\r\n".encode()
        with RawServer(moved) as server:
            assert health_state(server.url) == (False, "302 Found")
        assert other.requests == []


def test_the_page_names_the_limits() -> None:
    page = (Path(__file__).parents[2] / "docs/scenarios.md").read_text()
    for what, limit in (
        ("head, trailers or chunk line, each", f"{MAX_HEAD >> 10} KiB"),
        ("headers, or trailers", str(MAX_FIELDS)),
        ("interim answers (1xx) before it", str(MAX_INTERIM)),
        ("body", f"{MAX_BODY >> 20} MiB"),
        ("all of it, with chunks and their extensions", f"{MAX_BODY + MAX_OVERHEAD >> 20} MiB"),
    ):
        assert f"| {what} | {limit} |" in page
