"""An HTTP answer before it meets a server, and its form on the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from mock_idp.errors import MockIdpError

Headers = tuple[tuple[str, str], ...]

JSON = "application/json"

MARKER = ("X-Mock-Idp", "testing-only")
"""The header by which every answer says what it is."""

WITHOUT_BODY = (204, 304)
"""The statuses whose answers have no body and no Content-Length (RFC 9110 section 8.6)."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NEVER_IN_VALUES = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


@dataclass(frozen=True)
class Response:
    """Status, headers and body. `Content-Length` is not among the headers: `with_length` adds it.

    `chunks` stands in for `body` when the body is too large to be held; `length` is its size in bytes. A `chunked`
    answer has no Content-Length, so that the server sends it with Transfer-Encoding: chunked.
    """

    status: int
    headers: Headers
    body: bytes = b""
    chunks: Iterable[bytes] | None = None
    length: int | None = None
    chunked: bool = False

    def with_header(self, name: str, value: str | None) -> Response:
        """The same answer with one header set (or, for None, left out)."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    def with_length(self) -> list[tuple[str, str]]:
        """The headers with `Content-Length`, as WSGI wants them; 204 and 304 have none (RFC 9110 section 8.6).

        Raises MockIdpError as `checked`.
        """
        headers = checked(self.headers)
        if self.status in WITHOUT_BODY or self.chunked:
            return headers
        size = len(self.body) if self.length is None else self.length
        return [*headers, ("Content-Length", str(size))]

    def without_body(self) -> Response:
        """The answer to HEAD: the same headers, the same Content-Length, no body (RFC 9110 section 9.3.2)."""
        length = len(self.body) if self.length is None else self.length
        return replace(self, body=b"", chunks=None, length=length, chunked=False)

    def head_bytes(self) -> bytes:
        """Status line and headers as HTTP/1.1 puts them on the wire, with `Connection: close`."""
        return head_bytes(self.status, [*self.with_length(), ("Connection", "close")])


def checked(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of an answer as they may be sent. This is the border that each of them crosses, wherever it is from.

    Raises MockIdpError 400 for one that would be another header, or none (RFC 9110 section 5.5).
    """
    passed = list(headers)
    for name, value in passed:
        # Nearly all values are of the first kind, which is found out fast.
        is_value = (value.isascii() and value.isprintable()) or not _NEVER_IN_VALUES.search(value)
        if not is_value or not _NAME.fullmatch(name):
            sentence = f"The answer would have a header {name[:100]!r} with characters that no header can have."
            raise MockIdpError(400, "unsafe_header", sentence)
    return passed


def status_line(status: int) -> str:
    """`404 Not Found`, as WSGI wants it; an unregistered status gets the phrase `Unknown`."""
    return f"{status} {_PHRASES.get(status, 'Unknown')}"


def head_bytes(status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    """A status line and headers in wire form (RFC 9112 sections 4 and 5)."""
    lines = [f"HTTP/1.1 {status_line(status)}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def json_response(status: int, document: object, headers: Headers = ()) -> Response:
    """A JSON answer made from a document."""
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    return Response(status, (("Content-Type", JSON), *headers), body)
