"""What somebody else has written: a service, an identity provider, a log, a file of a stranger.

The one border between such text and whatever shows it: terminal, record, JUnit, scripts, pictures. `ForeignText` is
how it comes in; what leaves is made of printable characters alone. A test looks for code that goes around it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

# As much of one text as helps a reader, and of a whole member of a record; characters.
LINE, MEMBER = 200, 200_000
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[ -\[\]-~]*")
_PLAIN_LINES = re.compile(r"[ -~\n]*")
# Drawn as nothing, or as a blank, although Python calls them printable (Unicode, Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# More marks on one letter than any language writes reach into the lines above and below.
_MOST_MARKS = 4
_DEEPEST, _MOST_ITEMS, _MOST_BITS = 30, 10_000, 64
# The sentences of a scenario come with each of its cells, and again with the record: so long may one be that is kept.
_OFTEN = 1000


class ForeignText:
    """Text, or the bytes of one, that somebody else has written.

    `str` and f-strings give it in a form that can be shown: one line of printable characters, everything else as an
    escape (`\\n`, `\\x1b`; `\\x80` is a byte that is no UTF-8, `\\u0080` a character), a backslash doubled, so that an
    escape can't be forged, and at most `limit` characters with the number of bytes that are left. `as_it_came` and `in`
    are for judging.
    """

    __slots__ = ("limit", "raw")

    def __init__(self, raw: bytes | str, limit: int = LINE) -> None:
        self.raw, self.limit = raw, limit

    @property
    def as_it_came(self) -> str:
        """All of it, for comparing and searching; never to be shown."""
        return self.raw if isinstance(self.raw, str) else self.raw.decode("utf-8", "replace")

    def last_lines(self, lines: int) -> ForeignText:
        """The end of a log."""
        if isinstance(self.raw, bytes):
            return ForeignText(b"\n".join(self.raw.splitlines()[-lines:]), self.limit)
        return ForeignText("\n".join(self.raw.splitlines()[-lines:]), self.limit)

    def __contains__(self, part: str) -> bool:
        return part in self.as_it_came

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ForeignText) and self.as_it_came == other.as_it_came

    def __hash__(self) -> int:
        return hash(self.as_it_came)

    def __str__(self) -> str:
        # No character has more than four bytes.
        text = self.raw if isinstance(self.raw, str) else self.raw[: 4 * self.limit].decode("utf-8", "surrogateescape")
        is_bytes = isinstance(self.raw, bytes)
        if len(text) <= self.limit and _PLAIN.fullmatch(text):
            return text
        shown, length, end = [], 0, 0
        for piece in _pieces(text[: self.limit + 1], is_bytes):
            if length + len(piece) > self.limit:
                break
            shown.append(piece)
            length, end = length + len(piece), end + 1
        left = _size(self.raw) - len(text[:end].encode("utf-8", "surrogateescape" if is_bytes else "surrogatepass"))
        return "".join(shown) + (f"… ({left} more bytes)" if left else "")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f'"{self}"'

    def __bool__(self) -> bool:
        return bool(self.raw)


def foreign(something: object, limit: int = LINE) -> ForeignText:
    """The text of anything that came from outside: an exception of a library, an address, a value of a document."""
    if isinstance(something, ForeignText | bytes | str):
        raw = something.raw if isinstance(something, ForeignText) else something
        return ForeignText(raw, limit)
    if isinstance(something, int):
        return ForeignText(str(_number(something)), limit)
    return ForeignText(str(something), limit)


def header_text(value: bytes | str, limit: int = 2 * LINE) -> ForeignText:
    """A header's value as `http.client` gives it, where U+0000-U+00FF stand for those bytes (RFC 9110 §5.5)."""
    if isinstance(value, str):
        try:
            value = value.encode("latin-1")
        except UnicodeEncodeError:
            return ForeignText(value, limit)
    return ForeignText(value, limit)


def lines_of(text: bytes | str | ForeignText, most: int, limit: int = 2 * LINE) -> list[str]:
    """The last lines of a log, at most `most`, each as it can be shown."""
    raw = text.raw if isinstance(text, ForeignText) else text
    lines: list[bytes] | list[str]
    if isinstance(raw, bytes):
        lines = raw.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    else:
        lines = raw.replace("\r\n", "\n").rstrip("\n").split("\n")
    return [str(ForeignText(line, limit)) for line in lines[-most:]] if raw else []


def one_line(text: str, limit: int = 10 * LINE) -> str:
    """A sentence of our own with foreign parts in it, as one line of at most `limit` characters."""
    shown = visible(text).replace("\n", "\\n")
    return shown if len(shown) <= limit else shown[:limit] + f"… ({len(shown) - limit} more characters)"


def visible(text: str) -> str:
    """`text` with everything escaped that is neither printable nor the end of a line. What is shown stays as it is.

    For texts of our own, which foreign ones are parts of: twice is as good as once.
    """
    if _PLAIN_LINES.fullmatch(text):
        return text
    return _visible_again(text) if len(text) <= _OFTEN else _visible(text)


def _visible(text: str) -> str:
    return "\n".join("".join(_pieces(line, False, backslash="\\")) for line in text.split("\n"))


_visible_again = lru_cache(1024)(_visible)


def visible_data(value: Any, depth: int = 0) -> Any:
    """A value for a record: its texts and names are visible, nothing in it is too large, and all of it is JSON."""
    if isinstance(value, str):
        return visible(value) if len(value) <= MEMBER else str(ForeignText(value, MEMBER))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if depth >= _DEEPEST and isinstance(value, Mapping | list | tuple):
        return "…"
    if isinstance(value, Mapping):
        items = list(value.items())[:_MOST_ITEMS]
        return {visible_data(str(name)): visible_data(item, depth + 1) for name, item in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [visible_data(item, depth + 1) for item in list(value)[:_MOST_ITEMS]]
    return str(foreign(value))


class FitToShow:
    """A base for records: what is assigned to a member is made fit to be shown, so that none can hold anything else."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, visible_data(value))


def _number(value: float) -> float | str:
    if isinstance(value, int):
        bits = value.bit_length()
        return value if bits <= _MOST_BITS else f"(a number of {bits} bits)"
    return value if math.isfinite(value) else f"({value})"


def _pieces(text: str, is_bytes: bool, backslash: str = "\\\\") -> Iterable[str]:
    """Each character as it is shown. With `is_bytes`, lone surrogates stand for bytes, as in PEP 383."""
    marks = 0
    for c in text:
        marks = marks + 1 if c > "\u02ff" and unicodedata.category(c) in ("Mn", "Me") else 0
        if c == "\\":
            yield backslash
        elif c.isprintable() and marks <= _MOST_MARKS and not _INVISIBLE.match(c):
            yield c
        else:
            yield _escape(c, is_bytes)


def _escape(c: str, is_bytes: bool) -> str:
    code = ord(c)
    if is_bytes and 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return _SHORT.get(c, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _size(raw: bytes | str) -> int:
    return len(raw) if isinstance(raw, bytes) else len(raw.encode("utf-8", "surrogatepass"))
