"""Words and comments of shell scripts in which nothing of what they hold is run, and all of it can be seen."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from harness.shown.foreign_text import one_line, visible

# Bytes that a terminal shows as they are.
_PLAIN = re.compile(r"[ -~]*")
_COMMENT = 300


def word(data: bytes | str) -> str:
    """`data` as one word of a command line: bytes that a terminal would not show, or show as others, as \\x.."""
    text = data.decode("latin-1") if isinstance(data, bytes) else data.encode("utf-8", "replace").decode("latin-1")
    if _PLAIN.fullmatch(text):
        return shlex.quote(text)
    escaped = (c if c not in "\\'" and _PLAIN.fullmatch(c) else f"\\x{ord(c):02x}" for c in text)
    return "$'" + "".join(escaped) + "'"


def octal_word(data: bytes) -> str:
    """`data` as one word for `printf %b`."""
    text = data.decode("latin-1")
    return shlex.quote("".join(c if c != "\\" and _PLAIN.fullmatch(c) else f"\\0{ord(c):03o}" for c in text))


def json_word(value: Any) -> str:
    """A value as JSON in one word; what can't be seen is escaped as JSON does it (RFC 8259 §7)."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return shlex.quote("".join(c if visible(c) == c != "\n" else _json_escape(c) for c in text))


def comment(text: str, what: str = "") -> str:
    """A comment of one line, `# <what> <text>`. The text is quoted: zsh as it comes takes no comments at its prompt."""
    return " ".join(["#", *([what] if what else []), shlex.quote(one_line(text, _COMMENT))])


def _json_escape(c: str) -> str:
    units = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
