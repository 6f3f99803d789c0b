"""The worker's configuration file, rendered from what a service is to be started with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.targets.base import ServiceConfig
from harness.targets.toml_text import toml_tables, toml_value
from harness.targets.written_auth import config_endpoint, written_auth

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = Path(__file__).with_name("tasker_worker.toml.j2")


def render_worker_toml(config: ServiceConfig) -> str:
    """The complete configuration file of one worker, its defect or pattern in it; it holds the API keys, so write
    it where only the owner reads.
    """
    return _template().render(
        config_endpoint=config_endpoint(config, "worker"),
        auth=toml_tables(written_auth(config, "worker")),
        grpc=config.grpc,
    )


@cache  # To compile it takes as long as all the rest of starting a worker does in this process.
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # Here, so that reading scenarios never loads it.

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters["toml"] = toml_value
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
