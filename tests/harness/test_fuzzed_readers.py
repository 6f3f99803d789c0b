"""Whatever bytes come, in whatever pieces: the two readers of HTTP end with what they read or with what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import cycle
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.reference.connection import body_length, wants_keep_alive
from harness.reference.http_head import MAX_FIELDS, MAX_HEAD_BYTES, BadHead, Head, read_head
from harness.wire import answer_reader
from harness.wire.answer_reader import Answer, BadAnswer, read_answer

# So small that what is made here comes to each limit.
HEAD, BODY, OVERHEAD, FIELDS = 60, 20, 200, 4
LINE_ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b""])
ANSWER_PIECES = st.sampled_from(
    [
        *(
            b"HTTP/1.1 200 OK",
            b"HTTP/1.0 404 ",
            b"HTTP/1.1 100 Continue",
            b"HTTP/1.1 204",
            b"HTTP/2 200",
            b"HTTP/1.1 099 x",
        ),
        *(
            b"Content-Length: 5",
            b"Content-Length: 5, 5",
            b"Content-Length: 99999999999999999999",
            b"Content-Length: -1",
        ),
        *(
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: gzip, chunked",
            b"Connection: close",
            b"Connection:keep-alive",
        ),
        *(b"X-A: x", b" folded", b"no colon", b": x", b"X A: x", b"X: \x00", b"X: \xff", b"x" * 70, b" " * 70),
        *(b"5", b"5;a=b", b"0", b"FFFFFFFFFFFFFFFF", b"00000000000000000000001", b"g", b"hello", b"x" * 25),
    ]
)
ANSWERS = st.lists(st.tuples(ANSWER_PIECES | st.binary(max_size=6), LINE_ENDS), max_size=12).map(
    lambda pieces: b"".join(piece + end for piece, end in pieces)
)
METHODS = st.sampled_from(["GET", "HEAD", "POST"])


def read(pieces: Iterator[bytes], method: str) -> Answer | BadAnswer:
    """What comes out, with small limits."""
    limits = {"MAX_HEAD": HEAD, "MAX_OVERHEAD": OVERHEAD, "MAX_FIELDS": FIELDS}
    with patch.multiple(answer_reader, **limits):
        try:
            return read_answer(lambda: next(pieces, b""), method, max_body=BODY)
        except BadAnswer as problem:
            return problem


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    """The bytes in pieces that are cut there; none is empty, which would be the end."""
    ends = sorted({place % len(data) for place in places} - {0}) if data else []
    return (data[begin:end] for begin, end in zip([0, *ends], [*ends, len(data)], strict=True) if begin < end)


@settings(max_examples=200, deadline=None)
@given(ANSWERS, st.lists(st.integers(0, 500), max_size=20), METHODS)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", list(range(200)), "GET")
def test_an_answer_is_read_or_refused_however_it_is_cut(data: bytes, places: list[int], method: str) -> None:
    """The same comes out of one piece and of many, and nothing is larger than its limit."""
    data = data[: BODY + OVERHEAD]
    whole, parts = read(iter([data] if data else []), method), read(cut(data, places), method)
    assert type(whole) is type(parts)
    if not isinstance(whole, Answer) or not isinstance(parts, Answer):
        assert 0 < len(str(whole)) < 400
        return
    assert (whole.status, whole.headers, whole.body) == (parts.status, parts.headers, parts.body)
    assert whole.rest.startswith(parts.rest)
    assert (len(whole.body) <= BODY, len(whole.headers) <= FIELDS) == (True, True)
    assert sum(len(name) + len(value) for name, value in whole.headers) <= HEAD


@settings(max_examples=150, deadline=None)
@given(ANSWERS, ANSWERS.filter(bool), METHODS)
def test_an_answer_without_end_is_ended(begin: bytes, again: bytes, method: str) -> None:
    """No more is read than the limits allow, and the piece that goes beyond them."""
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for piece in cycle([begin, again] if begin and taken == 0 else [again]):
            taken += len(piece)
            yield piece

    read(pieces(), method)
    assert taken <= BODY + OVERHEAD + max(len(begin), len(again))


TARGETS = [
    "/",
    "/a%2f%zz?q",
    "*",
    "http://t/x",
    "http://host",
    "http://host?q",
    "http://[::1/",
    "http://[x]:y/",
    "https://",
    "//h",
    "/#f",
]
REQUEST_PIECES = st.sampled_from(
    [
        *(f"GET {target} HTTP/1.1".encode() for target in TARGETS),
        *(b"GET / HTTP/2.0", b"GET  / HTTP/1.1", b"G\xe9T / HTTP/1.1", b"get", b"\x16\x03\x01\x02", b"PRI * HTTP/2.0"),
        *(
            b"Host: x",
            b"Host : x",
            b" folded",
            b"no colon",
            b"X: \x00",
            b"X: \xff",
            b"X:" + b"y" * 300,
            b"X-A:" + b" " * 300,
        ),
        *(b"Content-Length: 5", b"Content-Length: +5", b"Content-Length: 5\t", b"Content-Length: " + b"9" * 5000),
        *("Content-Length: ٣".encode(), b"Transfer-Encoding: chunked", b"Connection: close, Keep-Alive"),
    ]
)
REQUESTS = st.lists(st.tuples(REQUEST_PIECES | st.binary(max_size=6), LINE_ENDS), max_size=12).map(
    lambda pieces: b"".join(piece + end for piece, end in pieces)
)


def request_of(data: bytes) -> tuple[Head | None, BadHead | None]:
    """A head and what it says of the body and the connection are read, or refused."""
    try:
        head = read_head(io.BytesIO(data).readline)
        if head is not None:
            body_length(head)
            wants_keep_alive(head)
    except BadHead as bad:
        return None, bad
    return head, None


@settings(max_examples=200, deadline=None)
@given(REQUESTS)
@example(b"GET http://[::1 HTTP/1.1\r\n\r\n")
@example(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * (MAX_FIELDS + 2) + b"\r\n")
@example(b"GET /" + b"x" * MAX_HEAD_BYTES)
@example(b"GET / HTTP/1.1\r\nX: " + b"x" * MAX_HEAD_BYTES)
def test_the_head_of_a_request_is_read_or_refused(data: bytes) -> None:
    """With one of four statuses; and what it says of the body and the connection is read as well, or refused."""
    head, refused = request_of(data)
    if refused is not None:
        assert (refused.status in (400, 411, 414, 431), str(refused) != "") == (True, True)
    elif head is None:
        assert data in (b"", b"\r\n")
    else:
        assert head.path.startswith(b"/")
        assert len(head.fields) <= MAX_FIELDS


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("http://t/x", b"/x", ""),
        ("http://http/http", b"/http", ""),
        ("http://host", b"/", ""),
        ("HTTP://host?q=/a", b"/", "q=/a"),
        ("https://[::1]:8443/a?b?c", b"/a", "b?c"),
    ],
)
def test_a_target_in_absolute_form_is_split_behind_its_authority(target: str, path: bytes, query: str) -> None:
    """RFC 9112 §3.2.2; also where the name of the host stands in the scheme."""
    head = read_head(io.BytesIO(f"GET {target} HTTP/1.1\r\n\r\n".encode()).readline)
    assert head is not None
    assert (head.path, head.query) == (path, query)
