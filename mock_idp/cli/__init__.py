"""The command `mock-idp`; what it needs to do its work it imports then, from any room, as --help has to be quick."""

from __future__ import annotations

from typing import Any, NoReturn

import click

from mock_idp.cli.background import start, stop
from mock_idp.cli.client import COMMANDS
from mock_idp.cli.healthcheck import healthcheck
from mock_idp.cli.serve import serve
from mock_idp.tools import program


class _Program(click.Group):
    """The command as a program of its own; `main` alone is for tests."""

    def __call__(self, *args: Any, **extra: Any) -> NoReturn:
        program.run("mock-idp", lambda: self._status(*args, **extra))

    def _status(self, *args: Any, **extra: Any) -> int:
        """What the command ends with. Click itself would end with 1 after Ctrl-C."""
        try:
            status = self.main(*args, **extra | {"standalone_mode": False})
        except click.exceptions.Abort as end:
            # Click takes the end of any input for Ctrl-C.
            if isinstance(end.__cause__, EOFError):
                raise end.__cause__ from None
            return program.INTERRUPTED
        except click.ClickException as problem:
            problem.show()
            return problem.exit_code
        return status if isinstance(status, int) else program.OK


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="idp-harness")
def main() -> None:
    """A mock identity provider that behaves like the real ones. For testing only."""


for command in (serve, start, stop, healthcheck, *COMMANDS):
    main.add_command(command)
