"""Reading an HTTP/1.x answer (RFC 9112) of a service that nobody trusts.

Everything has a limit, and nothing takes more time than its length. Other readers take an interim answer for the
answer, or the second of two for that to the next request, or need quadratic time for a line of blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from harness.base.errors import HarnessError
from harness.shown.foreign_text import ForeignText

MAX_HEAD = 64 * 1024
MAX_FIELDS = 256
MAX_INTERIM = 16
MAX_BODY = 4 * 1024 * 1024
# Chunks and their extensions may make an answer longer than its body, but not without end.
MAX_OVERHEAD = 4 * 1024 * 1024

_BEGINNING = b"HTTP/1."
_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: .*)?", re.DOTALL)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(rb"[0-9]+")
_MANY_DIGITS = 18  # Python reads no number of thousands of them.
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?", re.DOTALL)
_SHOWN = 40

Headers = tuple[tuple[str, str], ...]
_Fields = list[tuple[bytes, bytes]]


class BadAnswer(HarnessError):
    """What came can't be taken for an answer; the text says why."""


class AnswerLimit(BadAnswer):
    """The answer is larger than what is read; the text says which limit it is beyond, and its value."""


class NoHttp(BadAnswer):
    """What came is no HTTP/1.x answer, or not a whole one; the text says what is wrong with it."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. `rest` is what came behind it; `is_last` says that the connection is over with it."""

    status: int
    headers: Headers  # U+0000-U+00FF stand for those bytes.
    body: bytes
    rest: bytes
    is_last: bool


def read_answer(receive: Callable[[], bytes], method: str, begun: bytes = b"", max_body: int = MAX_BODY) -> Answer:
    """Read the final answer to a request of that method; interim ones (1xx) are passed over.

    `receive` returns what comes next, b"" at the end of the connection; what it raises goes through. `begun` was
    received before. Raises `AnswerLimit` and `NoHttp`.
    """
    return _Reader(receive, method, begun, max_body).answer()


class _Reader:
    def __init__(self, receive: Callable[[], bytes], method: str, begun: bytes, max_body: int) -> None:
        self._receive, self._method, self._max_body = receive, method, max_body
        self._buffer, self._received, self._ended = bytearray(), 0, False
        self._what = "the answer"
        if begun:
            self._take(begun)

    def answer(self) -> Answer:
        for _ in range(MAX_INTERIM + 1):
            version, status, fields = self._head()
            if status >= 200 or status == 101:
                break
        else:
            raise AnswerLimit(f"more than {MAX_INTERIM} interim answers (1xx) came, the most that are read")
        self._what = f"the answer {status}"
        body, is_last = self._body(status, fields)
        options = {option.strip().lower() for option in b",".join(_values(fields, b"connection")).split(b",")}
        is_last = is_last or b"close" in options or (version == b"0" and b"keep-alive" not in options)
        headers = tuple((str(name, "latin-1"), str(value, "latin-1")) for name, value in fields)
        return Answer(status, headers, body, bytes(self._buffer), is_last or self._ended)

    def _head(self) -> tuple[bytes, int, _Fields]:
        while len(self._buffer) < len(_BEGINNING) and _BEGINNING.startswith(self._buffer):
            self._take(self._receive())
            if self._ended:
                raise NoHttp("connection closed (nothing came)") if not self._received else self._too_early()
        if not self._buffer.startswith(_BEGINNING):
            # Who speaks another protocol may wait for us to speak it too: no line of it is waited for.
            raise NoHttp(f"the answer is no HTTP/1.x: it begins with {ForeignText(bytes(self._buffer), _SHOWN)!r}")
        line = self._line(MAX_HEAD, "a head")
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            self._broken("illegal status line", line)
        return found[1], int(found[2]), self._fields(max(0, MAX_HEAD - len(line)), "a head", "headers")

    def _fields(self, left: int, part: str, what: str) -> _Fields:
        """Read the fields up to the empty line, of at most `left` bytes."""
        fields: list[tuple[bytes, list[bytes]]] = []
        while line := self._line(left, part):
            left = max(0, left - len(line) - 2)
            name, colon, value = line.partition(b":")
            if line[:1] in (b" ", b"\t") and fields:  # Folded: RFC 9112 §5.2.
                fields[-1][1].append(line.strip(b" \t"))
            elif colon and _TOKEN.fullmatch(name) and not (b"\0" in value or b"\r" in value):
                fields.append((name, [value.strip(b" \t")]))
            else:
                self._broken("illegal header line", line)
            if len(fields) > MAX_FIELDS:
                raise AnswerLimit(f"{self._what} has more than {MAX_FIELDS} {what}, the most that are read")
        return [(name, b" ".join(lines)) for name, lines in fields]

    def _body(self, status: int, fields: _Fields) -> tuple[bytes, bool]:
        """The body, and whether the connection is over with it (RFC 9112 §6.3)."""
        if status in (204, 304) or self._method == "HEAD":
            return b"", False
        if status == 101:
            return b"", True
        lengths = {length.strip() for value in _values(fields, b"content-length") for length in value.split(b",")}
        if codings := _values(fields, b"transfer-encoding"):
            if b",".join(codings).lower() != b"chunked":
                self._broken("another Transfer-Encoding than chunked", b",".join(codings))
            return self._chunks(), bool(lengths)
        if not lengths:
            return self._until_the_end(), True
        if len(lengths) > 1:
            self._broken("conflicting Content-Lengths", b", ".join(sorted(lengths)))
        length = lengths.pop()
        if not _LENGTH.fullmatch(length):
            self._broken("bad Content-Length", length)
        digits = length.lstrip(b"0")
        count = int(digits or b"0") if len(digits) < _MANY_DIGITS else self._max_body + 1
        self._check_body(count)
        return self._bytes(count), False

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = self._line(MAX_HEAD, "a chunk line")
            found = _CHUNK.fullmatch(line)
            if found is None:
                self._broken("illegal chunk header", line)
            size = int(found[1], 16)
            if not size:
                self._fields(MAX_HEAD, "trailers", "trailers")
                return bytes(body)
            self._check_body(len(body) + size)
            body += self._bytes(size)
            if (end := self._bytes(2)) != b"\r\n":
                self._broken("a chunk longer than it says", end)

    def _until_the_end(self) -> bytes:
        while not self._ended:
            self._check_body(len(self._buffer))
            self._take(self._receive())
        return self._cut(len(self._buffer))

    def _check_body(self, length: int) -> None:
        if length > self._max_body:
            raise AnswerLimit(f"{self._what} has a body of more than {_size(self._max_body)}, the most that is read")

    # From here on: bytes

    def _line(self, limit: int, part: str) -> bytes:
        """The next line without its end, which may be a bare line feed, of at most `limit` bytes."""
        begin = 0
        while (end := self._buffer.find(b"\n", begin, limit + 2)) < 0:
            begin = len(self._buffer)
            if begin >= limit + 2:
                raise AnswerLimit(f"{self._what} has {part} of more than {_size(MAX_HEAD)}, the most that is read")
            self._more()
        return self._cut(end + 1).removesuffix(b"\n").removesuffix(b"\r")

    def _bytes(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        return self._cut(count)

    def _cut(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _more(self) -> None:
        self._take(self._receive())
        if self._ended:
            raise self._too_early()

    def _take(self, data: bytes) -> None:
        self._buffer += data
        self._received += len(data)
        self._ended = not data
        most = self._max_body + MAX_OVERHEAD
        if self._received > most:
            raise AnswerLimit(f"{self._what} takes more than {_size(most)} on the wire, the most that is read")

    def _too_early(self) -> NoHttp:
        return NoHttp(f"{self._what} ends before it is whole")

    def _broken(self, why: str, what: bytes) -> NoReturn:
        raise NoHttp(f"{self._what} is broken: {why}: {ForeignText(what, _SHOWN)!r}")


def _values(fields: _Fields, name: bytes) -> list[bytes]:
    return [value for key, value in fields if key.lower() == name]


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count >> 10} KiB"
