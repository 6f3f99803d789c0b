"""Requests that were answered well, changed a little: cheap, and past the first checks that odd requests end at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .drawing import Draw
from .vendor_requests import Request

CHANGED = "changed"
"""The correlation id of a changed request: in one a secret may have moved to where no client would put it."""

_MOST = 200
_TOKENS = (
    *(b"%00", b"%ff", b"%c3%28", b"%0d%0a", b"&", b"&&", b"=", b"?", b"#", b"/", b"//", b"/..", b";", b"+", b" ", b'"'),
    *(b"{", b"[", b"\\u0000", b"\\ud800", b"null", b"-1", b"1e999", b"\x00", b"\x7f", b"\xff", b"\xed\xa0\x80", b"\t"),
)
# Bytes with which a head would be another one, or the next request.
_LINE_ENDS = bytes.maketrans(b"\r\n", b"  ")


class Corpus:
    """The newest requests to one issuer that succeeded."""

    def __init__(self) -> None:
        self._requests: list[Request] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self._requests)

    def add(self, request: Request) -> None:
        """Keep a request, in place of the oldest one when there are enough."""
        if len(self._requests) < _MOST:
            self._requests.append(request)
        else:
            self._requests[self._next] = request
            self._next = (self._next + 1) % _MOST

    def mutated(self, draw: Draw) -> Request:
        """One of them with one to four changes in target, headers or body; it is still one request."""
        request = draw.pick(self._requests)
        for _ in range(draw.pick((1, 1, 2, 4))):
            request = draw.pick(_CHANGES)(draw, request, draw.pick(self._requests))
        return replace(request, headers=(*request.headers, ("X-Correlation-Id", CHANGED)))


def changed(draw: Draw, data: bytes, other: bytes) -> bytes:
    """Bytes with a piece of them gone, doubled, replaced, flipped, or followed by a piece of others."""
    start = draw.number(0, len(data))
    end = min(len(data), start + draw.pick((1, 1, 2, 4, 16, 64)))
    kind = draw.number(0, 5)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] * draw.pick((1, 1, 2, 20)) + data[end:]
    if kind == 2:
        return data[:start] + draw.pick(_TOKENS) + data[end:]
    if kind == 3:
        return data[:start] + bytes(byte ^ (1 << draw.number(0, 7)) for byte in data[start:end]) + data[end:]
    if kind == 4:
        return data[:start] + other[draw.number(0, len(other)) :]
    return data[:start] + draw.octets(4) + data[start:]


def _target(draw: Draw, request: Request, other: Request) -> Request:
    target = changed(draw, request.target.encode("latin-1"), other.target.encode("latin-1"))
    # A blank would end it.
    text = target.translate(_LINE_ENDS).replace(b" ", b"+").decode("latin-1")
    return replace(request, target=text if text.startswith("/") else f"/{text}")


def _body(draw: Draw, request: Request, other: Request) -> Request:
    return replace(request, body=changed(draw, request.body, other.body)) if request.body else request


def _header(draw: Draw, request: Request, other: Request) -> Request:
    if not request.headers:
        return replace(request, headers=other.headers)
    at = draw.number(0, len(request.headers) - 1)
    name, value = request.headers[at]
    other_value = draw.pick(other.headers)[1] if other.headers else ""
    new = changed(draw, value.encode("latin-1"), other_value.encode("latin-1")).translate(_LINE_ENDS).decode("latin-1")
    return replace(request, headers=(*request.headers[:at], (name, new), *request.headers[at + 1 :]))


def _other_headers(draw: Draw, request: Request, other: Request) -> Request:
    return replace(request, headers=(*request.headers, *other.headers))


def _other_body(draw: Draw, request: Request, other: Request) -> Request:
    return replace(request, method=other.method, headers=other.headers, body=other.body)


def _other_target(draw: Draw, request: Request, other: Request) -> Request:
    return replace(request, target=other.target.partition("?")[0])


_CHANGES: tuple[Callable[[Draw, Request, Request], Request], ...] = (
    *(_target, _target, _body, _body, _body, _header, _header),
    *(_other_headers, _other_body, _other_target),
)
