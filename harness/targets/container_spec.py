"""What a service's container is started with: the Tasker worker's settings, or those of any service."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.grammar.toml_source import nearest
from harness.shown.foreign_text import foreign
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import planted_secrets, user_information
from harness.targets.jwks_host import check_is_url
from harness.targets.process import PLACEHOLDERS, config_words, without_key_secrets
from mock_idp.tools.input_file import InputFileError, read_text

WORDS = (*PLACEHOLDERS, "database_url")
WORKER_PORT, _WORKER_GRPC_PORT = 8081, 9191
_CONFIG, _TEMPLATES = "/tasker/worker.toml", "/tasker/templates"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


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

    def spec(config: ServiceConfig, database_url: str) -> ContainerSpec:
        for name in ("discovery_url", "second_issuer"):
            if getattr(config, name):
                raise TargetError(f"the Tasker worker has no setting for {name}; leave it empty for this target")
        if config.verification == "jwks":
            check_is_url(config.jwks_url)
        from harness.targets.tasker_config import render_worker_toml

        environment = {
            "TASKER_CONFIG_PATH": _CONFIG,
            "TASKER_ENV": "test",
            "TASKER_TEMPLATE_PATH": _TEMPLATES,
            "TASKER_WEB_BIND_ADDRESS": f"0.0.0.0:{WORKER_PORT}",
            "TASKER_WORKER_GRPC_BIND_ADDRESS": f"0.0.0.0:{_WORKER_GRPC_PORT}",
            "DATABASE_URL": database_url,
            "RUST_LOG": "warn",
            # What the worker should have refused to fetch must not leave the network.
            "HTTP_PROXY": idp_url,
            "HTTPS_PROXY": idp_url,
            "NO_PROXY": f"127.0.0.1,{idp_host}",
        }
        files = {_CONFIG: render_worker_toml(config), f"{_TEMPLATES}/.empty": ""}
        return ContainerSpec(environment, files, secrets=(*planted_secrets(config), *user_information(database_url)))

    return spec


def any_service(command: str, environment: str, config_file: str, port: int) -> ContainerBuilder:
    """How a service of somebody's own is started; the texts are those of the target's options.

    `environment` is NAME=VALUE, several of them apart as in a shell; `config_file` is FILE:PATH, a file here that
    stands at PATH in the container. Words like `{issuer}` are replaced in all three (`WORDS`); in the file, braces
    around anything else are the file's own. Raises `TargetError` for what can't be.
    """
    words, variables = _words("command", command), _variables(environment)
    for option, texts in (("command", words), ("environment", variables.values())):
        for name in _PLACEHOLDER.findall(" ".join(texts)):
            if name not in WORDS:
                raise TargetError(f"{option} has an unknown placeholder {{{name}}}{nearest(name, WORDS)}")
    template, _, place = config_file.rpartition(":")
    if config_file and not (template and place.startswith("/")):
        raise TargetError(f"config {config_file!r} is not FILE:PATH, such as service.toml:/etc/service.toml")
    text = _text_of(template) if template else ""

    def spec(config: ServiceConfig, database_url: str) -> ContainerSpec:
        known = {**config_words(port, config), "database_url": database_url}

        def fill(text: str) -> str:
            return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)

        return ContainerSpec(
            {name: fill(value) for name, value in variables.items()},
            {place: fill(text)} if template else {},
            [fill(word) for word in words] or None,
            (*without_key_secrets(config), *user_information(database_url)),
        )

    return spec


def _words(option: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise TargetError(f"{option} can't be split as a shell would: {foreign(error)}") from error


def _text_of(file: str) -> str:
    try:
        return read_text(Path(file))
    except InputFileError as error:
        raise TargetError(f"config names the file {file}, which {foreign(error)}") from error


def host_of(url: str) -> str:
    """The name of the host in a URL."""
    return urlsplit(url).hostname or ""


def _variables(text: str) -> dict[str, str]:
    variables = {}
    for word in _words("environment", text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise TargetError(f"environment has {word!r}, which is not NAME=VALUE")
        variables[name] = value
    return variables
