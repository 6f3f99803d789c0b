"""The syntax of HTTP/1.1 requests (RFC 9112; RFC 9110 section 5): what is let in, and what its parts mean.

Strict on purpose: what two readers could understand in two ways is refused rather than guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_idp.errors import MockIdpError

MAX_TARGET_BYTES = 60_000
"""The longest request target. A kid of 40,000 characters still fits as it is."""
MAX_HEADERS = 100

Headers = tuple[tuple[str, str], ...]

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
_REQUEST_LINE = re.compile(rf"({_TOKEN}{{1,32}}) (\S+) (HTTP/[0-9](?:\.[0-9])?)")
_NAME = re.compile(rf"{_TOKEN}+")
# RFC 9110 section 5.5: no control characters but the tab; CR, LF and NUL are the ones that do harm.
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"[!-~]+")
_ABSOLUTE = re.compile(r"(?i:https?)://((?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]{0,5})?)(/[^?]*)?(?:\?(.*))?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Of these a second one could mean anything (RFC 9112 sections 3.2, 6.1 and 6.3).
_ONCE = ("host", "content-length", "transfer-encoding")


_CODES = {
    400: "bad_request",
    408: "request_timeout",
    413: "body_too_large",
    414: "target_too_long",
    431: "head_too_large",
    500: "server_error",
    503: "too_many_connections",
    505: "http_version_not_supported",
}


class BadRequest(MockIdpError):
    """A request that cannot be answered properly; `status` says what is wrong with it. Ends the connection."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, _CODES[status], sentence)


@dataclass(frozen=True)
class Head:
    """The head of a request. `path` and `query` are still percent-encoded; `host` is that of a target which is a URL.

    `fields` are the headers by name in lower case; of those that are there more than once the last one.
    """

    method: str
    version: str
    path: str
    query: str
    host: str | None
    headers: Headers
    fields: dict[str, str]

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants to go on with the connection (RFC 9112 section 9.3)."""
        options = {one.strip().lower() for one in self.fields.get("connection", "").split(",")}
        return self.version == "HTTP/1.1" and "close" not in options

    def environ(self, body: bytes) -> dict[str, Any]:
        """The request's part of a WSGI environ (PEP 3333)."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1") if "%" in self.path else self.path,
            "QUERY_STRING": self.query,
            **header_environ(self.headers),
        }
        if self.host is not None:
            environ["HTTP_HOST"] = self.host
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(len(body)) if body else environ.get("CONTENT_LENGTH", "")
        return environ


def parse_head(data: bytes) -> Head:
    """The head of a request, without the empty line at its end. Raises BadRequest."""
    request_line, *lines = data.decode("latin-1").split("\r\n")
    found = _REQUEST_LINE.fullmatch(request_line)
    if found is None:
        raise BadRequest(400, "This is no request line.")
    method, target, version = found.groups()
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequest(505, "Only HTTP/1.1 is spoken here.")
    path, query, host = _target(method, target)
    if len(lines) > MAX_HEADERS:
        raise BadRequest(431, f"A request may have at most {MAX_HEADERS} headers.")
    headers = tuple(_header(line) for line in lines)
    fields = {name.lower(): value for name, value in headers}
    if len(fields) < len(headers):
        names = [name.lower() for name, _ in headers]
        for name in _ONCE:
            if names.count(name) > 1:
                raise BadRequest(400, f"The header {name} is there more than once.")
    return Head(method, version, path, query, host, headers, fields)


def header_environ(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers as a WSGI environ has them (PEP 3333); those that are there more than once are joined with a comma."""
    environ: dict[str, str] = {}
    for name, value in headers:
        # A name with an underscore is another header, which must not pass for the one with a hyphen: it has two here.
        key = name.upper().replace("_", "__").replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = "HTTP_" + key
        environ[key] = f"{environ[key]}, {value}" if key in environ else value
    return environ


def check_query(query: str) -> None:
    """Raises MockIdpError 400 for a query that is not percent-encoded UTF-8 (RFC 3986 section 2.1)."""
    if "%" in query and not is_encoded_text(query):
        raise MockIdpError(400, "bad_query", "The query is not text in UTF-8, percent-encoded.")


def _target(method: str, target: str) -> tuple[str, str, str | None]:
    """Path, query and host of a request target in origin or absolute form (RFC 9112 section 3.2)."""
    if len(target) > MAX_TARGET_BYTES:
        raise BadRequest(414, f"A request target may have at most {MAX_TARGET_BYTES} bytes.")
    if not _TARGET.fullmatch(target) or "#" in target:
        raise BadRequest(400, "The request target is no URL.")
    host = None
    if target.startswith("/"):
        path, _, query = target.partition("?")
    elif target == "*" and method == "OPTIONS":
        path, query = target, ""
    else:
        # Section 3.2.2: a proxy's client sends the whole URL, and its host replaces the Host header.
        found = _ABSOLUTE.fullmatch(target)
        if found is None:
            raise BadRequest(400, "The request target is no URL.")
        host, path, query = found[1], found[2] or "/", found[3] or ""
    if "%" in path and not is_encoded_text(path):
        raise BadRequest(400, "The path is not text in UTF-8, percent-encoded.")
    return path, query, host


def is_encoded_text(text: str) -> bool:
    """Whether each percent sign begins an encoded byte, and all bytes together are UTF-8."""
    if _BAD_PERCENT.search(text):
        return False
    try:
        unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise BadRequest(400, "This is no header line.")
    value = value.strip(" \t")
    if not _VALUE.fullmatch(value) or not _is_text(value):
        raise BadRequest(400, f"The header {name[:100]} has a value with control characters, or not in UTF-8.")
    return name, value


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
