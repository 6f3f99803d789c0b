"""What commands print: a server's answers may hold what a terminal would obey."""

from __future__ import annotations

import click

from mock_idp.tools.printable import printable


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text on standard output, or standard error, with everything spelt out that is not printable."""
    click.echo("\n".join(map(printable, text.split("\n"))), err=err, nl=nl)
