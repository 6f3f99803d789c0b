"""What a service may say instead of an answer, or beside one, is one answer or none, with a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from both_ways import GET, SECONDS, both_ways
from raw_server import CLOSE, OK, RawServer

from harness.wire.exchange import Connection, Exchange, Request
from harness.wire.raw import RawConnection

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ODD = {
    "status 099": (b"HTTP/1.1 099 Low\r\n\r\n", None, "the answer is broken: "),
    "status 1000": (b"HTTP/1.1 1000 High\r\n\r\n", None, "the answer is broken: illegal status line"),
    "status 999": (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999, ""),
    "status -1": (b"HTTP/1.1 -1 Low\r\n\r\n", None, "the answer is broken: illegal status line"),
    "no status": (b"HTTP/1.1 OK\r\n\r\n", None, "the answer is broken: illegal status line"),
    "no reason": (b"HTTP/1.1 204\r\n\r\n", 204, ""),
    "HTTP/0.9": (b"<html>hello</html>\r\n", None, 'the answer is no HTTP/1.x: it begins with "<html>hello'),
    "HTTP/2": (b"HTTP/2 200\r\n\r\n", None, 'the answer is no HTTP/1.x: it begins with "HTTP/2 200'),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None, "the answer is no HTTP/1.x: it begins with"),
    "settings of HTTP/2": (b"\0\0\0\4\0\0\0\0\0", None, "the answer is no HTTP/1.x: it begins with"),
    "TLS": (b"\x15\x03\x01\x00\x02\x02\x46", None, "the answer is no HTTP/1.x: it begins with"),
    "SSH": (b"SSH-2.0-x\r\n", None, 'the answer is no HTTP/1.x: it begins with "SSH-2.0-x'),
    "length +5": (
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        None,
        "the answer 200 is broken: bad",
    ),
    "length -5": (
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        None,
        "the answer 200 is broken: bad",
    ),
    "length 0x5": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
        None,
        "the answer 200 is broken: bad",
    ),
    "length 1_0": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\nhello",
        None,
        "the answer 200 is broken: bad",
    ),
    "length 5, 5": (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", 200, ""),
    "length 5, 6": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
        None,
        "the answer 200 is broken: conflict",
    ),
    "lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        None,
        "the answer 200 is broken: conflict",
    ),
    "length 10**30": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 30 + b"\r\n\r\nhello",
        None,
        "the answer 200 has a body of more than 4 MiB, the most that is read",
    ),
    "length 10**18": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 18 + b"\r\n\r\nhello",
        None,
        "the answer 200 has a body of more than 4 MiB, the most that is read",
    ),
    "length of 5000 digits": (
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nhello",
        None,
        "the answer 200 has a body of more than 4 MiB, the most that is read",
    ),
    "length 0005": (b"HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\nhello", 200, ""),
    "no length": (b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\nhello", None, "the answer 200 is broken: bad"),
    "chunked and a length": (CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n0\r\n\r\n"), 200, ""),
    "chunked twice": (CHUNKED.replace(b"chunked", b"chunked, chunked"), None, "the answer 200 is broken: another"),
    "chunk that is longer": (CHUNKED + b"2\r\nhello\r\n", None, "the answer 200 is broken: a chunk longer than it"),
    "blank before the colon": (
        b"HTTP/1.1 200 OK\r\nX-A : a\r\n\r\n",
        None,
        "the answer is broken: illegal header line",
    ),
    "folded first line": (b"HTTP/1.1 200 OK\r\n X-A: a\r\n\r\n", None, "the answer is broken: illegal header"),
    "carriage return in a header": (b"HTTP/1.1 200 OK\r\nX-A: \rX\r\n\r\n", None, "the answer is broken: illegal"),
    "chunk of no size": (CHUNKED + b"zz\r\nhello\r\n", None, "the answer 200 is broken: illegal chunk header"),
    "negative chunk": (CHUNKED + b"-5\r\nhello\r\n", None, "the answer 200 is broken: illegal chunk header"),
    "huge chunk": (CHUNKED + b"f" * 30 + b"\r\nhello\r\n", None, "the answer 200 is broken: illegal chunk header"),
    "no last chunk": (CHUNKED + b"5\r\nhello\r\n", None, "the answer 200 ends before it is whole"),
    "unknown coding": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        None,
        'the answer 200 is broken: another Transfer-Encoding than chunked: "gzip"',
    ),
    "header without colon": (b"HTTP/1.1 200 OK\r\nhello\r\n\r\n", None, "the answer is broken: illegal header"),
    "NUL in a header": (b"HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n", None, "the answer is broken: illegal header"),
    "half a head": (b"HTTP/1.1 200 OK\r\nX-A: ", None, "the answer ends before it is whole"),
    "only an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\n", None, "the answer ends before it is whole"),
    "nothing": (b"", None, "connection closed (nothing came)"),
    "other protocol": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\1\2\3", 101, ""),
    "early hints": (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, 200, ""),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, ""),
    "folded header": (b"HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n", 200, ""),
}


@both_ways
@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_one_answer_or_says_what_is_wrong(ask: Callable[[str], Exchange], name: str) -> None:
    """What is no answer closes the connection, as far as a case is concerned: nobody was let in."""
    answer, status, problem = ODD[name]
    with RawServer(answer + CLOSE) as server:
        exchange = ask(server.url)
    assert (exchange.status, exchange.problem[: len(problem)]) == (status, problem)
    assert exchange.closed is (status is None and not exchange.limit)
    assert exchange.limit is ("the most that is read" in problem)
    assert len(exchange.problem) < 200


@pytest.mark.parametrize("more", [OK, b"\r\n", b"x"], ids=["a second answer", "an empty line", "a byte"])
def test_what_nobody_asked_for_is_no_answer_to_the_next_request(more: bytes) -> None:
    with RawServer(OK + more, OK.replace(b"200", b"201")) as server, Connection(server.url) as connection:
        assert connection.send(GET).status == 200
        assert connection.send(GET).status == 201
        assert server.connections == 2


def test_answers_to_a_pipeline_follow_each_other() -> None:
    with RawServer(OK + OK.replace(b"200", b"201") + CLOSE) as server:
        connection = RawConnection(server.url, SECONDS)
        connection.send(GET.raw or b"")
        assert [connection.answer(GET).status for _ in range(3)] == [200, 201, None]
        connection.close()


def test_the_answer_to_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with RawServer(head) as server, Connection(server.url) as connection:
        for _ in range(2):
            exchange = connection.send(Request("HEAD", "/"))
            assert (exchange.status, exchange.body) == (200, b"")
        assert server.connections == 1
