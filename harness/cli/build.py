"""`idp-harness build`: build a service that is published as source only."""

from __future__ import annotations

import click

from harness.crates.build import build_server
from harness.shown.terminal import say


@click.command()
@click.argument("target", type=click.Choice(["tasker-orchestration"]))
def build(target: str) -> int:
    """Build a service that is published as source only, once; runs find it in the user's cache.

    It needs cargo, a C compiler, protoc and curl (`idp-harness doctor` says which are missing), 3 GB while it builds,
    and 10 to 60 minutes on two cores. The files of its database are fetched as well.

    \b
    Examples:
      idp-harness build tasker-orchestration
    """
    from harness.crates.database_files import database_files

    database_files()
    say(f"{build_server(say)} is there: idp-harness run --target {target}")
    return 0
