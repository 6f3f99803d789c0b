"""Settings from a TOML file: one flat table with the fields of `ReferenceSettings`, and `[[api_keys]]`; or the tables
`[web]` and `[web.auth]` as Tasker documents them.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from harness.reference.documented import DocumentedConfiguration
from harness.reference.errors import SettingsError
from harness.reference.settings import ApiKey, ReferenceSettings

Record = TypeVar("Record", ApiKey, ReferenceSettings)


def load_settings(path: Path, documented: DocumentedConfiguration | None = None) -> ReferenceSettings:
    """The settings in the file at `path`.

    Raises `SettingsError` for a file that cannot be read, a name that is no setting (an ignored one could
    leave the service open), a missing setting, or a value of the wrong type. Nothing comes from the
    environment but what `documented` takes from there.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(str(path), f"cannot be read: {error}") from error
    return settings_from(table, documented)


def settings_from(table: Mapping[str, Any], documented: DocumentedConfiguration | None = None) -> ReferenceSettings:
    """The settings in a table as such a file holds it; raises `SettingsError` like `load_settings`."""
    reader = documented or DocumentedConfiguration({})
    try:
        return _settings(reader.flat(table))
    except SettingsError as error:
        raise reader.in_its_own_words(table, error) from error


def _settings(table: dict[str, Any]) -> ReferenceSettings:
    api_keys = tuple(_record(ApiKey, "api_keys", entry) for entry in _tables(table.pop("api_keys", [])))
    return _record(ReferenceSettings, "", table | {"api_keys": api_keys})


def _tables(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise SettingsError("api_keys", "is not an array of tables; write [[api_keys]]")
    return list(value)


def _record(kind: type[Record], where: str, table: object) -> Record:
    """An instance of the dataclass `kind` from a TOML table; `where` is the name of the table, "" for the file."""
    if not isinstance(table, dict):
        raise SettingsError(where, "is not a table")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    values = {}
    for name, value in table.items():
        label = f"{where}.{name}" if where else name
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            raise SettingsError(label, f"is no setting{f'; did you mean {near[0]}?' if near else ''}")
        values[name] = _value(label, str(fields[name].type), value)
    for name, field in fields.items():
        if name not in values and field.default is dataclasses.MISSING:
            raise SettingsError(f"{where}.{name}" if where else name, "is missing")
    return kind(**values)


def _value(label: str, kind: str, value: Any) -> Any:
    """`value` as a field of type `kind`, which is one of the few that settings have."""
    if kind.startswith("tuple") and isinstance(value, list | tuple):
        if kind == "tuple[str, ...]" and not all(isinstance(one, str) for one in value):
            raise SettingsError(label, "holds something that is no string")
        return tuple(value)
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == type(value).__name__:
        return value
    raise SettingsError(label, f"is a {type(value).__name__}, expected {kind}")
