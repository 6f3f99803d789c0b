"""From the bytes of a request to what a server hands to an app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[!-~]+")
_ABSOLUTE = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
_NO_VALUE = re.compile(rb"[\x00\r\n]")
_ORIGIN = (b"/", b"*")


@dataclass(frozen=True)
class Incoming:
    """A request as it arrives. `target` is origin-form; header names are lower-case; `peer` is the client's address."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    peer: tuple[str, int]

    @property
    def raw_path(self) -> bytes:
        """The path as it came, without the query."""
        return self.target.partition(b"?")[0]

    @property
    def path(self) -> bytes:
        """The path with its percent-encoding undone."""
        return unquote_to_bytes(self.raw_path)

    @property
    def query(self) -> bytes:
        """What stands behind the question mark."""
        return self.target.partition(b"?")[2]


def incoming(written: bytes, peer: tuple[str, int]) -> Incoming | None:
    """The request that these bytes are; None for one that servers answer with 400 themselves (RFC 9112 §3, §5).

    That is one with blanks, control characters or other bytes than ASCII in its target, with two hosts, or with a
    field that breaks a line.
    """
    head, _, body = written.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    parts = line.split(b" ")
    if len(parts) != 3 or not _METHOD.fullmatch(parts[0]) or not _TARGET.fullmatch(parts[1]):
        return None
    target = _ABSOLUTE.sub(b"", parts[1], count=1).partition(b"#")[0]
    if parts[1] != target and not target.startswith(b"/"):
        target = b"/" + target
    headers = []
    for field in fields:
        name, colon, value = field.partition(b":")
        if not colon or not _METHOD.fullmatch(name) or _NO_VALUE.search(value):
            return None
        headers.append((name.lower(), value.strip(b" \t")))
    if not target.startswith(_ORIGIN) or sum(name == b"host" for name, _ in headers) != 1:
        return None
    return Incoming(str(parts[0], "ascii"), target, tuple(headers), body, peer)
