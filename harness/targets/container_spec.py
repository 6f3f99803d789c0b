"""What a service's container is started with: the settings of Tasker's services, or those of any service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import database_secrets, planted_secrets
from harness.targets.jwks_host import check_is_url
from harness.targets.service_template import WORDS as CONFIG_WORDS
from harness.targets.service_template import ServiceTemplate, config_words, service_template, told_secrets

WORDS = (*CONFIG_WORDS, "database_url")
WORKER_PORT, _WORKER_GRPC_PORT = 8081, 9191
ORCHESTRATION_PORT, _ORCHESTRATION_GRPC_PORT = 8080, 9190
_FOLDER, _TEMPLATES = "/tasker", "/tasker/templates"


@dataclass(frozen=True)
class ContainerSpec:
    """One container: its command (`None` for the image's own), environment, and files by their path in it.

    `secrets` are texts in it that no answer of the service may hold.
    """

    environment: Mapping[str, str] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    command: Sequence[str] | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


# From the configuration and the URL of the database ("" without one) to what is started.
ContainerBuilder = Callable[[ServiceConfig, str], ContainerSpec]


def tasker_worker(idp_host: str, idp_url: str) -> ContainerBuilder:
    """How the real Tasker worker is started, beside an identity provider that it knows by the name `idp_host`."""
    return _tasker_service("worker", WORKER_PORT, _WORKER_GRPC_PORT, idp_host, idp_url)


def tasker_orchestration(idp_host: str, idp_url: str) -> ContainerBuilder:
    """As `tasker_worker`, Tasker's orchestration service, in its published image or the one of `docker/build`."""
    return _tasker_service("orchestration", ORCHESTRATION_PORT, _ORCHESTRATION_GRPC_PORT, idp_host, idp_url)


def _tasker_service(role: str, port: int, grpc_port: int, idp_host: str, idp_url: str) -> ContainerBuilder:
    def spec(config: ServiceConfig, database_url: str) -> ContainerSpec:
        for name in ("discovery_url", "second_issuer"):
            if getattr(config, name):
                raise TargetError(f"Tasker's {role} has no setting for {name}; leave it empty for this target")
        if config.verification == "jwks":
            check_is_url(config.jwks_url)
        from harness.targets.tasker_config import render_orchestration_toml, render_worker_toml

        place = f"{_FOLDER}/{role}.toml"
        environment = {
            "TASKER_CONFIG_PATH": place,
            "TASKER_ENV": "test",
            "TASKER_TEMPLATE_PATH": _TEMPLATES,
            "TASKER_WEB_BIND_ADDRESS": f"0.0.0.0:{port}",
            f"TASKER_{role.upper()}_GRPC_BIND_ADDRESS": f"0.0.0.0:{grpc_port}",
            "DATABASE_URL": database_url,
            "RUST_LOG": "warn",
            # What the service should have refused to fetch must not leave the network.
            "HTTP_PROXY": idp_url,
            "HTTPS_PROXY": idp_url,
            "NO_PROXY": f"127.0.0.1,{idp_host}",
        }
        if role == "orchestration":  # Its published image would apply migrations to a database that has them.
            environment["RUN_MIGRATIONS"] = "false"
        render = render_worker_toml if role == "worker" else render_orchestration_toml
        files = {place: render(config), f"{_TEMPLATES}/.empty": ""}
        return ContainerSpec(environment, files, secrets=(*planted_secrets(config), *database_secrets(database_url)))

    return spec


@dataclass(frozen=True)
class OwnService:
    """How a service of somebody's own is started at `port` of its container."""

    template: ServiceTemplate
    port: int

    def __call__(self, config: ServiceConfig, database_url: str) -> ContainerSpec:
        filled = self.template.filled({**config_words(self.port, config), "database_url": database_url})
        return ContainerSpec(
            filled.environment,
            {self.template.place: filled.file} if self.template.place else {},
            list(filled.command) or None,
            (*told_secrets(self.template, config), *database_secrets(database_url)),
        )


def any_service(command: str, environment: str, config_file: str, port: int) -> OwnService:
    """How a service of somebody's own is started; the texts are those of the target's options.

    `environment` is NAME=VALUE, several of them apart as in a shell; `config_file` is FILE:PATH, a file here that
    stands at PATH in the container. Words like `{issuer}` are replaced in all three (`WORDS`); in the file, braces
    around anything else are the file's own. Raises `TargetError` for what can't be.
    """
    file, _, place = config_file.rpartition(":")
    if config_file and not (file and place.startswith("/")):
        raise TargetError(f"config {config_file!r} is not FILE:PATH, such as service.toml:/etc/service.toml")
    return OwnService(service_template(command, environment, config_file, WORDS), port)


def host_of(url: str) -> str:
    """The name of the host in a URL."""
    return urlsplit(url).hostname or ""
