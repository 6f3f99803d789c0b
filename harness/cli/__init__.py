"""`idp-harness`: finds out how a service really verifies the tokens of an identity provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final, NoReturn, cast

import click

from harness.base.errors import HarnessError, ScenarioFileError, UsageError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_OK, EXIT_USAGE
from harness.shown.terminal import indented, say
from mock_idp.tools import program
from mock_idp.tools.program import INTERRUPTED

# Each is a module of this room and a function in it; `list` is a word of Python.
_NAMES: Final = (
    *("build", "check", "client", "compare", "doctor", "init", "keys", "lint", "list", "measure", "mutants"),
    *("permissions", "report", "run", "show", "token"),
)


class _Commands(Mapping[str, click.Command]):
    """The commands by name. One is imported when it is asked for: what others need would cost each start its time."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in _NAMES:
            raise KeyError(name)
        module = "list_" if name == "list" else name
        return cast(click.Command, getattr(import_module(f"harness.cli.{module}"), module))

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


@click.group(
    commands=cast("dict[str, click.Command]", _Commands()),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="idp-harness", message="%(package)s %(version)s")
def cli() -> None:
    """Find out how a service really verifies the JWTs of an identity provider.

    \b
    Examples:
      idp-harness run                                judge the real Tasker worker
      idp-harness run rotation --target reference    one area, against the reference service
      idp-harness show kid-unknown                   what a scenario does, and why
      idp-harness measure                            the behaviour card: what the service does
      idp-harness mutants                            prove that the scenarios can fail

    \b
    Exit status: 0 all passed or expected, 1 the service failed, 2 usage or a bad file,
    3 could not run or could not judge, 130 interrupted.
    """


def main() -> NoReturn:
    """The entry point; errors become one sentence and an exit status."""
    program.run("idp-harness", _status)


def _status() -> int:
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort as end:
        # Click takes the end of any input for Ctrl-C.
        if isinstance(end.__cause__, EOFError):
            raise end.__cause__ from None
        return INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        return EXIT_USAGE
    except (ScenarioFileError, UsageError) as problem:
        say(f"idp-harness: {indented(str(problem), 2)}", err=True)
        return EXIT_USAGE
    except HarnessError as problem:
        say(f"idp-harness: {indented(str(problem), 2)}", err=True)
        return EXIT_COULD_NOT_RUN
    return status if isinstance(status, int) else EXIT_OK
