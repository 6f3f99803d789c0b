"""The worker's configuration file, rendered from what a service is to be started with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.targets.base import ServiceConfig
from harness.targets.defects import audience_setting, auth_table, verification_method, with_wrong_values

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = Path(__file__).with_name("tasker_worker.toml.j2")


def toml_value(value: str | bool | int | float | Sequence[str]) -> str:
    """A TOML 1.0 value: a basic string, boolean, integer, float or array of strings.

    A dollar sign is written as an escape: the worker replaces `${NAME}` in the text of the file before it
    reads the TOML, and ends when NAME is in its environment and not on its list.
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f").replace("$", "\\u0024")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "[" + ", ".join(map(toml_value, value)) + "]"


def render_worker_toml(config: ServiceConfig) -> str:
    """The complete configuration file of one worker, with its defect if it has one; it holds the API keys, so write
    it where only the owner reads.
    """
    return _template().render(
        config=with_wrong_values(config),
        auth_table=auth_table(config.defect, "worker.web.auth"),
        audience_setting=audience_setting(config.defect),
        verification_method=verification_method(config),
    )


@cache  # To compile it takes as long as all the rest of starting a worker does in this process.
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # Here, so that reading scenarios never loads it.

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters["toml"] = toml_value
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
