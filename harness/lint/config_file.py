"""A configuration file as Tasker reads it: variables are put into its text first, then that is TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import ScenarioFileError
from harness.grammar.toml_source import Place
from mock_idp.tools.input_file import InputFileError, parse_toml, read_text
from mock_idp.tools.toml_lines import TomlLines

# What may stand between `${` and `}` (tasker-shared 0.1.8, src/config/config_loader.rs).
VARIABLES = (
    "DATABASE_URL",
    "PGMQ_DATABASE_URL",
    "TASKER_ENV",
    "TASKER_CONFIG_PATH",
    "TASKER_WEB_BIND_ADDRESS",
    "TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS",
    "TASKER_WORKER_GRPC_BIND_ADDRESS",
    "TASKER_TEMPLATE_PATH",
    "RABBITMQ_URL",
    "TASKER_MESSAGING_BACKEND",
    "REDIS_URL",
    "MEMCACHED_URL",
    "TASKER_INSTANCE_ID",
    "TASKER_INSTANCE_PORT",
    "TASKER_WORKER_ID",
    "TASKER_JWT_PUBLIC_KEY",
    "TASKER_JWT_PUBLIC_KEY_PATH",
)
_BEGIN, _END, _DEFAULT = "${", "}", ":-"


@dataclass(frozen=True)
class Placeholder:
    """A variable in the text of the file, comments included; `line` is 1-based."""

    name: str
    line: int
    default: str | None


class ConfigFile:
    """A file that was read; `data` is what is in it where no variable is set.

    Raises `ScenarioFileError` when it can't be read or isn't TOML.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            raw = read_text(file)
            self.text, self.placeholders = _without_variables(raw)
            self.data: Mapping[str, Any] = parse_toml(self.text)
            self._lines = TomlLines(self.text)
        except InputFileError as error:
            raise ScenarioFileError(file, error.line, str(error)) from error

    def at(self, place: Place) -> Any:
        """What stands at a place, `None` when there is nothing."""
        found: Any = self.data
        for part in place:
            is_there = part in found if isinstance(found, dict) else isinstance(found, list) and _is_member(part, found)
            if not is_there:
                return None
            found = found[part]
        return found

    def line(self, place: Place) -> int:
        """The line (1-based) of the innermost part of a place that is there."""
        return self._lines.line_of(place, counted="key")


def _is_member(part: str | int, entries: list[Any]) -> bool:
    return isinstance(part, int) and part < len(entries)


def is_open(value: str) -> bool:
    """Whether a text holds a variable, so that nobody knows yet what it will be."""
    return _BEGIN in value


def _without_variables(text: str) -> tuple[str, tuple[Placeholder, ...]]:
    """The text with the defaults of its variables in it; one without a default stays as it stands."""
    parts, found = list[str](), list[Placeholder]()
    at, line = 0, 1
    while (begin := text.find(_BEGIN, at)) >= 0 and (end := text.find(_END, begin)) >= 0:
        name, has_default, default = text[begin + len(_BEGIN) : end].partition(_DEFAULT)
        line += text.count("\n", at, begin)
        found.append(Placeholder(name, line, default if has_default else None))
        parts += [text[at:begin], default if has_default else text[begin : end + 1]]
        line += text.count("\n", begin, end)
        at = end + 1
    return "".join([*parts, text[at:]]), tuple(found)
