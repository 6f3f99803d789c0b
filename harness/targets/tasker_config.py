"""The configuration files of Tasker's services, rendered from what a service is to be started with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.targets.base import ServiceConfig
from harness.targets.toml_text import toml_tables, toml_value
from harness.targets.written_auth import config_endpoint, written_auth

if TYPE_CHECKING:
    from jinja2 import Template

    from harness.targets.grpc_certificate import CertificateFiles  # It needs what an image of a worker lacks.

_TEMPLATES = Path(__file__).parent


def render_worker_toml(config: ServiceConfig, certificate: CertificateFiles | None = None) -> str:
    """The complete configuration file of one worker, its defect or pattern in it; it holds the API keys, so write
    it where only the owner reads. With a `certificate` gRPC is to be served over TLS.
    """
    return _render("worker", config, certificate)


def render_orchestration_toml(config: ServiceConfig, certificate: CertificateFiles | None = None) -> str:
    """As `render_worker_toml`, of one orchestration service."""
    return _render("orchestration", config, certificate)


def _render(role: str, config: ServiceConfig, certificate: CertificateFiles | None) -> str:
    return _template(f"tasker_{role}.toml.j2").render(
        role=role,
        config_endpoint=config_endpoint(config, role),
        auth=toml_tables(written_auth(config, role)),
        grpc=config.grpc,
        certificate=certificate,
    )


@cache  # To compile it takes as long as all the rest of starting a service does in this process.
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # Here, so that reading scenarios never loads it.

    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters["toml"] = toml_value
    return environment.get_template(name)
