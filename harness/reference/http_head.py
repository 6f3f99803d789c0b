"""Reading the head of an HTTP/1.1 request strictly, from bytes (RFC 9112 §2 to 5).

Python's own reader accepts folded lines and bare line feeds, with which a header can be smuggled past a
proxy; a service that decides by headers must not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

MAX_HEAD_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 100

_TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE: Final = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) HTTP/1\.([01])\r\n")
# Bytes above 0x7f are allowed in a value (obs-text); NUL, CR and LF are not (RFC 9110 §5.5).
_FIELD: Final = re.compile(rb"(" + _TOKEN + rb"):([^\x00\r\n]*)\r\n")

# The authority ends at the first / or ? (RFC 3986 §3.2); what it says is of no interest here.
_ABSOLUTE: Final = re.compile(r"https?://[^/?]+(.*)", re.IGNORECASE)


class BadHead(Exception):
    """The head cannot be read; `status` is the answer: 400, 414, 431 or 505."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Head:
    """Method, target in pieces, version and fields. Field names are in lower case, values as sent."""

    method: str
    path: bytes
    query: str
    minor_version: int
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def value(self, name: str) -> str:
        """All values of a field joined by commas, "" when absent."""
        return ",".join(value for key, value in self.fields if key == name)


def read_head(readline: Callable[[int], bytes]) -> Head | None:
    """The next head; None when the peer closed the connection. Raises `BadHead`.

    `readline(limit)` answers a line with its end, or `limit` bytes of a longer one.
    """
    first = readline(MAX_HEAD_BYTES + 1)
    if first == b"\r\n":  # One empty line before a request is forgiven (RFC 9112 §2.2).
        first = readline(MAX_HEAD_BYTES + 1)
    if not first:
        return None
    if len(first) > MAX_HEAD_BYTES:
        raise BadHead(414, "the request line is too long")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        raise BadHead(400, "the request line is malformed")
    path, query = split_target(found[2].decode("ascii"))
    fields = _read_fields(readline, MAX_HEAD_BYTES - len(first))
    return Head(found[1].decode("ascii"), path, query, int(found[3]), fields)


def split_target(target: str) -> tuple[bytes, str]:
    """The percent-decoded path and the query of a target in origin or absolute form, not normalised."""
    if "#" in target:
        raise BadHead(400, "the target has a fragment")
    if not target.startswith("/"):
        found = _ABSOLUTE.fullmatch(target)
        if found is None:
            raise BadHead(400, "the target is not a path")
        target = found[1]
    path, _, query = target.partition("?")
    return unquote_to_bytes(path or "/"), query


def _read_fields(readline: Callable[[int], bytes], left: int) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    while True:
        line = readline(left + 1)
        left -= len(line)
        if left < 0 or len(fields) > MAX_FIELDS:
            raise BadHead(431, "the head is too large")
        if line == b"\r\n":
            return tuple(fields)
        found = _FIELD.fullmatch(line)
        if found is None:
            raise BadHead(400, "a header line is malformed")
        fields.append((found[1].decode("ascii").lower(), found[2].strip(b" \t").decode("latin-1")))
