"""What Tasker 0.1.8 reads of a configuration file, the tables and keys of `layout.toml`, and how a file differs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harness.grammar.toml_source import Place, shown

_FILE = Path(__file__).with_name("layout.toml")
_MOST_U32 = 2**32 - 1
# What a table of `layout.toml` says beside its keys.
_ABOUT = ("like", "optional", "default", "alias")
# With which credential the worker calls orchestration, and the key that each kind needs.
_CLIENT = ("worker", "orchestration_client", "auth")
_OF_TYPE = {"bearer": "token", "api_key": "key"}
_WORDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "text": "a text",
    "texts": "a list of texts",
    "integers": "a list of whole numbers",
    "keys": "a list of tables with key, permissions and description",
}


@dataclass(frozen=True)
class Kind:
    """What a value may be: `least` and `most` bound a number, the bytes of a text, or the members of a list."""

    name: str
    optional: bool = False
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        """As part of a sentence: "a whole number from 1 to 168"."""
        if self.words:
            return " or ".join(f'"{word}"' for word in self.words)
        if self.name not in ("integer", "number"):
            return _WORDS[self.name] + (" with something in it" if self.least else "")
        bounds = f" from {self.least:g}" if self.least is not None else ""
        return _WORDS[self.name] + bounds + (f" to {self.most:.0f}" if self.most is not None else "")

    def takes(self, value: Any) -> bool:
        """Whether the service starts with this value."""
        match self.name:
            case "boolean":
                return isinstance(value, bool)
            case "integer":
                return _is_integer(value) and self._within(value)
            case "number":
                return (_is_integer(value) or isinstance(value, float)) and self._within(value)
            case "text":
                return isinstance(value, str) and self._within(len(value))
            case "word":
                return value in self.words
            case "texts":
                return _is_list(value, str) and self._within(len(value))
            case "integers":
                return isinstance(value, list) and all(map(_is_u32, value)) and self._within(len(value))
            case _:
                return isinstance(value, list) and all(map(_is_api_key, value))

    def _within(self, number: float) -> bool:
        return (self.least is None or number >= self.least) and number <= (
            _MOST_U32 if self.most is None else self.most
        )


@dataclass(frozen=True)
class Table:
    """A table that the service reads: its own keys, and whether it may be left out."""

    place: tuple[str, ...]
    keys: Mapping[str, Kind]
    optional: bool
    alias: str = ""


@dataclass(frozen=True)
class Missing:
    """Keys, or whole tables below, that are needed and not there."""

    place: Place
    names: tuple[str, ...]


@dataclass(frozen=True)
class Wrong:
    """A value with which the service doesn't start."""

    place: Place
    value: str
    wanted: str


@dataclass(frozen=True)
class Unknown:
    """A key or table that is never read, and the names that are read there."""

    place: Place
    known: tuple[str, ...]


@cache
def layout() -> Mapping[tuple[str, ...], Table]:
    """Every table by its place, those above before those below."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found: dict[tuple[str, ...], Table] = {}
    for name in data:
        _read(data, data[name], (name,), found)
    return found


def deviations(data: Mapping[str, Any]) -> Iterator[Missing | Wrong | Unknown]:
    """How a file differs from what the service reads. What stands below a table that is unknown isn't looked at."""
    tables = layout()
    tops = {place[0]: table for place, table in tables.items() if len(place) == 1}
    yield from (Unknown((name,), tuple(tops)) for name in data if name not in tops)
    if "common" not in data:
        yield Missing((), ("common",))
    for name in tops:
        if name in data:
            yield from _table(tables, (name,), data[name])


def _table(tables: Mapping[tuple[str, ...], Table], place: tuple[str, ...], value: Any) -> Iterator[Any]:
    if not isinstance(value, dict):
        yield Wrong(place, "something else", "a table")
        return
    own = tables[place]
    below = {one.place[-1]: one for one in tables.values() if one.place[:-1] == place}
    names = {alias: name for name, one in below.items() for alias in (name, one.alias) if alias}
    there = {names.get(key, key) for key in value}
    needed = [key for key, kind in own.keys.items() if not kind.optional]
    needed += [name for name, one in below.items() if not one.optional]
    if place == _CLIENT and value.get("type") in _OF_TYPE:
        needed.append(_OF_TYPE[value["type"]])
    if missing := tuple(name for name in needed if name not in there):
        yield Missing(place, missing)
    for key, content in value.items():
        if key in names:
            yield from _table(tables, below[names[key]].place, content)
        elif key not in own.keys:
            yield Unknown((*place, key), (*own.keys, *below))
        elif not own.keys[key].takes(content):
            yield Wrong((*place, key), _said(content, own.keys[key]), own.keys[key].phrase)


def _said(value: Any, kind: Kind) -> str:
    """A wrong value; texts and lists may be secrets, so these are not shown."""
    if kind.name in ("integer", "number", "boolean") and isinstance(value, int | float | str):
        return shown(value)
    if isinstance(value, str) and kind.words:
        return shown(value)
    return "empty" if value in ("", []) else "something else"


def _read(data: Any, about: Any, place: tuple[str, ...], found: dict[tuple[str, ...], Table]) -> None:
    source = about
    while "like" in source:
        source = _at(data, source["like"])
    keys = {key: _kind(text) for key, text in source.items() if isinstance(text, str) and key not in _ABOUT}
    if source.get("default"):
        keys = {key: Kind(kind.name, True, kind.least, kind.most) for key, kind in keys.items()}
    optional = about.get("optional") or source.get("optional") or False
    found[place] = Table(place, keys, optional, about.get("alias", ""))
    for name, content in source.items():
        if isinstance(content, dict):
            _read(data, content, (*place, name), found)


def _at(data: Any, path: str) -> Any:
    for part in path.split("."):
        data = data[part]
    return data


def _kind(text: str) -> Kind:
    name, _, rest = text.removesuffix("?").partition(" ")
    optional = text.endswith("?")
    if name == "word":
        return Kind(name, optional, words=tuple(rest.split()))
    least, _, most = rest.partition("..")
    return Kind(name, optional, _bound(least), _bound(most))


def _bound(text: str) -> float | None:
    if not text:
        return None
    return float(text) if "." in text else int(text)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_u32(value: Any) -> bool:
    return _is_integer(value) and 0 <= value <= _MOST_U32


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _is_api_key(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("key"), str)
        and _is_list(value.get("permissions", []), str)
        and isinstance(value.get("description", ""), str)
    )
