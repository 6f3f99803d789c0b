"""The worker's configuration file, rendered from what a service is to be started with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.targets.base import ServiceConfig

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = Path(__file__).with_name("tasker_worker.toml.j2")


def toml_value(value: str | bool | int | Sequence[str]) -> str:
    """A TOML 1.0 value: a basic string, boolean, integer or array of strings.

    A dollar sign is written as an escape: the worker replaces `${NAME}` in the text of the file before it
    reads the TOML, and ends when NAME is in its environment and not on its list.
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f").replace("$", "\\u0024")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "[" + ", ".join(map(toml_value, value)) + "]"


def render_worker_toml(config: ServiceConfig) -> str:
    """The complete configuration file of one worker; it holds the API keys, so write it where only the owner
    reads.
    """
    return _template().render(config=config)


@cache  # To compile it takes as long as all the rest of starting a worker does in this process.
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # Here, so that reading scenarios never loads it.

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters["toml"] = toml_value
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
