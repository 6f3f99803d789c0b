"""Text of whatever origin as a terminal can show it."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line, with everything spelt out that is not printable: `\\n`, `\\x1b`, `\\u202e`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
