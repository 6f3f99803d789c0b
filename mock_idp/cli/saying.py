"""What commands print: a server's answers may hold what a terminal would obey."""

from __future__ import annotations

import click


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text on standard output, or standard error, with everything spelt out that is not printable."""
    click.echo("\n".join(map(one_line, text.split("\n"))), err=err, nl=nl)


def one_line(text: str) -> str:
    """The text as printable characters: `\\n`, `\\x1b`, `\\u202e`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
