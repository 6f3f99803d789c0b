"""How somebody's own service is told what to trust: by words in its command line, its environment and a file."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.grammar.toml_source import nearest
from harness.shown.foreign_text import foreign
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import planted_secrets
from harness.targets.toml_text import toml_value
from mock_idp.tools.input_file import InputFileError, read_text

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# The fields of a ServiceConfig that a text can hold.
FIELDS = (
    "issuer",
    "jwks_url",
    "audience",
    "permissions_claim",
    "strict_validation",
    "allowed_algorithms",
    "verification",
    "refresh_seconds",
    "max_stale_seconds",
    "api_keys_enabled",
    "api_key_header",
    "config_endpoint",
    "idp_address",
    "discovery_url",
    "second_issuer",
    "second_jwks_url",
    "ca_file",
    "tls_address",
    "allow_http",
    "guard_private_hosts",
    "defect",
)
# Secrets: every user of a machine may read its command lines, so they stand in an environment or in a file only.
SECRET_WORDS = ("api_keys_json", "api_keys_toml")
# The files of a certificate for gRPC, which the target makes.
GRPC_FILES = ("grpc_cert_file", "grpc_key_file")
WORDS = ("port", "grpc_port", *FIELDS, "idp_host", "idp_port", "public_key", *SECRET_WORDS)
# The words by which a service is told each setting of a scenario that it may know; none is enough for an empty list.
SETTING_WORDS: Mapping[str, tuple[str, ...]] = {
    "permissions_claim": ("permissions_claim",),
    "strict_validation": ("strict_validation",),
    "allowed_algorithms": ("allowed_algorithms",),
    "verification": ("public_key", "public_key_file"),
    "refresh": ("refresh_seconds",),
    "max_stale_seconds": ("max_stale_seconds",),
    "api_keys": SECRET_WORDS,
    "api_key_header": ("api_key_header",),
    "config_endpoint": ("config_endpoint",),
    "jwks_url": ("jwks_url",),
    "allow_http": ("allow_http",),
    "guard_private_hosts": ("guard_private_hosts",),
    "grpc_tls": GRPC_FILES[:1],
    "discovery": ("discovery_url",),
    "second_issuer": ("second_issuer",),
    "tls": ("ca_file",),
    "decryption_key": (),
    "defect": ("defect",),
    "pattern": (),
    "pattern_place": (),
    "auth_settings": (),
    "auth_without": (),
    "variables": (),
    "overlay_settings": (),
    "overlay_of": (),
}


@dataclass(frozen=True)
class Filled:
    """A template with the words of one service in it; `file` is the text of its configuration file."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    file: str = field(repr=False)


@dataclass(frozen=True)
class ServiceTemplate:
    """A command line, NAME=VALUE pairs, and the text of a file whose name in the service's world is `place`."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    file: str
    place: str

    @property
    def words(self) -> frozenset[str]:
        """The words that stand in it, of all that are between braces."""
        texts = (*self.command, *self.environment.values(), self.file)
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))

    def filled(self, known: Mapping[str, str]) -> Filled:
        """With `known` words replaced; braces around anything else stay."""

        def fill(text: str) -> str:
            return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)

        return Filled(
            tuple(map(fill, self.command)),
            {name: fill(value) for name, value in self.environment.items()},
            fill(self.file),
        )


def service_template(
    command: str | Sequence[str], environment: str, config: str, words: Collection[str]
) -> ServiceTemplate:
    """The template of a target's options, in which `words` mean something.

    `environment` is NAME=VALUE, several of them apart as in a shell; `config` is FILE:PLACE, or empty. Raises
    `TargetError` for what can't be split or read, for an unknown word in braces outside the file, whose own they may
    be, and for a secret in the command.
    """
    split = tuple(_split("command", command) if isinstance(command, str) else command)
    variables = _variables(environment)
    for option, texts in (("command", split), ("environment", variables.values())):
        used = {name for text in texts for name in _PLACEHOLDER.findall(text)}
        for name in sorted(used.difference(words)):
            raise TargetError(f"the {option} has an unknown placeholder {{{name}}}{nearest(name, words)}")
        if option == "command" and (secret := sorted(used.intersection(SECRET_WORDS))):
            raise TargetError(
                f"the command has {{{secret[0]}}}: everybody on this machine can read API keys in a command line; "
                "put them into environment, or into the file of config"
            )
    file, _, place = config.rpartition(":")
    return ServiceTemplate(split, variables, _text_of(file) if file else "", place)


def config_words(port: int, config: ServiceConfig, grpc_port: int = 0) -> dict[str, str]:
    """What stands for each of `WORDS`; a list is joined by commas, a boolean is `true` or `false`.

    API keys are a list of tables with `key`, `permissions` and `description`, as JSON and as one value of TOML.
    """
    fields = {name: _text(getattr(config, name)) for name in FIELDS}
    keys = [{**vars(entry), "permissions": list(entry.permissions)} for entry in config.api_keys]
    tables = ("{" + ", ".join(f"{name} = {toml_value(value)}" for name, value in key.items()) + "}" for key in keys)
    in_words = {"api_keys_json": json.dumps(keys), "api_keys_toml": f"[{', '.join(tables)}]"}
    ports = {"port": str(port), "grpc_port": str(grpc_port)}
    # Proxies are configured with the two apart.
    provider = urlsplit(f"//{config.idp_address}")
    ports |= {"idp_host": provider.hostname or "", "idp_port": str(provider.port or "")}
    return {**ports, **fields, "public_key": config.public_key_pem, **in_words}


def told_secrets(template: ServiceTemplate, config: ServiceConfig) -> tuple[str, ...]:
    """What of `config` the service is told and nobody else may see: API keys, the user information of URLs."""
    keys = config.api_keys if template.words.intersection(SECRET_WORDS) else ()
    return planted_secrets(replace(config, api_keys=keys, decryption_key_pem=""))


def _split(option: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise TargetError(f"{option} can't be split as a shell would: {foreign(error)}") from error


def _variables(text: str) -> dict[str, str]:
    variables = {}
    for word in _split("environment", text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise TargetError(f"environment has {word!r}, which is not NAME=VALUE")
        variables[name] = value
    return variables


def _text_of(file: str) -> str:
    try:
        return read_text(Path(file))
    except InputFileError as error:
        raise TargetError(f"config names the file {file}, which {foreign(error)}") from error


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
