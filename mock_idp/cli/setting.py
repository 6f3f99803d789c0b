"""A setting of the server: an option, an environment variable or a member of a TOML file, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mock_idp.cli.failing import USAGE, fail
from mock_idp.errors import MockIdpError

PREFIX = "MOCK_IDP_"
# Variables of this name that something else reads: the client commands, and who builds or starts the image.
OTHERS = frozenset({"MOCK_IDP_URL", "MOCK_IDP_IMAGE", "MOCK_IDP_HOST_PORT"})


class Setting(click.Option):
    """An option whose variable is MOCK_IDP_ and its TOML key in capitals. A wrong value is reported where it stands."""

    def __init__(self, declarations: list[str], **attributes: Any) -> None:
        super().__init__(declarations, **attributes)
        self.envvar = variable(self.name or "")

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """How a message calls this setting: by the variable when the value comes from there."""
        if ctx is not None and ctx.get_parameter_source(self.name or "") is ParameterSource.ENVIRONMENT:
            return str(self.envvar)
        return super().get_error_hint(ctx)


def variable(key: str) -> str:
    """The environment variable of a TOML key."""
    return PREFIX + key.upper()


def place(ctx: click.Context, field: str) -> str:
    """Where the value of a member such as `options.realm` was given: the variable, the file and member, or as it is."""
    key = field.partition(".")[0]
    # One of several values is named in the singular, as its option.
    key = key if key in ctx.params else f"{key}s"
    source = ctx.get_parameter_source(key) if key in ctx.params else None
    if source is ParameterSource.ENVIRONMENT:
        return variable(key)
    if source is ParameterSource.DEFAULT_MAP:
        return f"{ctx.params['config']}: {field}"
    return field


def read_config(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """The callback of --config: what the file says are the defaults of all other settings.

    Its `options` and `issuers` hold more than the text of an option can, and are kept in `ctx.obj`.
    """
    ctx.obj = {}
    if path is not None and not ctx.resilient_parsing:
        from mock_idp.run.settings_file import read_settings

        try:
            ctx.obj = read_settings(path)
        except MockIdpError as error:
            fail(str(error), USAGE)
        ctx.default_map = {name: value for name, value in ctx.obj.items() if name != "issuers"}
        if "options" in ctx.obj:
            ctx.default_map["options"] = []
    return path


def warn_of_unknown_variables(environ: Mapping[str, str], command: click.Command) -> None:
    """A line on standard error for each variable that looks like a setting and is none."""
    known = OTHERS | {variable(option.name or "") for option in command.params if isinstance(option, Setting)}
    for name in sorted(set(environ) - known):
        if name.startswith(PREFIX):
            from mock_idp.jose.errors import nearest

            click.echo(f"Warning: {name} is no setting of this server. {nearest(name, known)}", err=True)
