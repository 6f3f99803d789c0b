"""Whether values are of the kinds that are asked for; what isn't is said with its line and the nearest known word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from harness.grammar.kinds import Schema, has_type, resolved
from harness.grammar.toml_source import Place, TomlSource, shown

_WORDS = {
    "string": ("a text", "words"),
    "boolean": ("true or false", "flags"),
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "array": ("a list", "lists"),
    "object": ("a table", "tables"),
    "null": ("null", "nulls"),
}
_DEEP = {"enum", "properties", "anyOf", "items", "x-by"}
_BETWEEN_KEYS = {"x-apart", "dependentRequired", "oneOf"}


def check(source: TomlSource, value: Any, schema: Schema, place: Place, name: str = "") -> None:
    """Check a value that stands at `place`; `name` is what a sentence calls it, by itself its key.

    Raises `ScenarioFileError` for the first thing that is wrong.
    """
    if not fits(value, schema):
        _Explanation(source).of(value, schema, place, name)


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value, with all that is in it, keeps to its schema."""
    schema = resolved(schema)
    if "x-data" in schema:
        value = as_json(value)
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return any(value == one and type(value) is type(one) for one in schema["enum"])
    if "const" in schema:
        return bool(value == schema["const"])
    if not has_type(value, schema):
        return False
    if isinstance(value, dict):
        return _table_fits(value, schema)
    if isinstance(value, list):
        items = schema.get("items")
        return _is_between(len(value), schema, "Items") and (not items or all(fits(item, items) for item in value))
    if isinstance(value, str):
        return _is_between(len(value), schema, "Length") and (
            "pattern" not in schema or re.search(schema["pattern"], value) is not None
        )
    return isinstance(value, bool) or value is None or _is_in_range(value, schema)


def as_json(value: Any) -> Any:
    """What a table with `$json`, `$null` or `$jwk` stands for; of a key it is enough that it is an object."""
    if isinstance(value, dict):
        if "$json" in value:
            return value["$json"]
        if "$null" in value:
            return None
        if "$jwk" in value:
            return {}
    return value


def _is_between(length: int, schema: Schema, of: str) -> bool:
    return bool(schema.get(f"min{of}", 0) <= length <= schema.get(f"max{of}", length))


def _is_in_range(number: float, schema: Schema) -> bool:
    above = "exclusiveMinimum" not in schema or number > schema["exclusiveMinimum"]
    return bool(above and schema.get("minimum", number) <= number <= schema.get("maximum", number))


def _table_fits(table: Mapping[str, Any], schema: Schema) -> bool:
    if schema.get("additionalProperties") is False and not table.keys() <= schema["properties"].keys():
        return False
    if "required" in schema and any(key not in table for key in schema["required"]):
        return False
    if _BETWEEN_KEYS & schema.keys() and any(_at_odds(table, schema)):
        return False
    return all(fits(value, one) for _, value, one in _parts(table, schema))


def _parts(table: Mapping[str, Any], schema: Schema) -> Iterator[tuple[tuple[str, ...], Any, Schema]]:
    """What is in a table: where, the value, and the schema that it must keep to."""
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for key, value in table.items():
        if "propertyNames" in schema:
            yield (key,), key, schema["propertyNames"]
        if key in properties:
            yield (key,), value, properties[key]
        elif isinstance(others, dict):
            yield (key,), value, others
    for key, cases in schema.get("x-by", {}).items():
        if isinstance(table.get(key), str) and table[key] in cases:
            yield (), table, cases[table[key]]


def _at_odds(table: Mapping[str, Any], schema: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    """What the keys of a table say against each other: where, and the end of a sentence that begins with its name."""
    for key, others in schema.get("x-apart", {}).items():
        for other in others if key in table else ():
            if other in table:
                yield (other,), f"has {key} or {other}, not both"
    for key, others in schema.get("dependentRequired", {}).items():
        for other in others if key in table else ():
            if other not in table:
                yield (), f"needs {other}"
    alternatives = [one["required"][0] for one in schema.get("oneOf", ())]
    if alternatives and len(table.keys() & set(alternatives)) != 1:
        yield (), f"needs either {' or '.join(alternatives)}"


class _Explanation:
    """Finds the first thing that is wrong in a value that does not fit."""

    def __init__(self, source: TomlSource) -> None:
        self._source = source

    def of(self, value: Any, schema: Schema, place: Place, name: str = "") -> NoReturn:
        """Raises `ScenarioFileError`."""
        schema = resolved(schema)
        name = name or next((part for part in reversed(place) if isinstance(part, str)), "the file")
        if "x-data" in schema:
            value = as_json(value)
        if "anyOf" in schema:
            fitting = [one for one in schema["anyOf"] if has_type(value, one)]
            if fitting and not _is_simple(fitting[-1]) and ("x-phrase" not in schema or isinstance(value, str)):
                self.of(value, fitting[-1], place, name)
        elif isinstance(value, str) and isinstance(schema.get("enum", [0])[0], str):
            self._source.check_word(value, schema["enum"], place, schema.get("title", name))
        elif has_type(value, schema) and isinstance(value, dict):
            self._of_table(value, schema, place, name)
        elif has_type(value, schema) and isinstance(value, list) and not _is_simple(schema.get("items", {})):
            for item in value:
                if not fits(item, schema["items"]):
                    self.of(item, schema["items"], place, name)
        self._source.fail(place, f"{name} must be {phrase(schema)}, not {shown(value)}")

    def _of_table(self, table: dict[str, Any], schema: Schema, place: Place, name: str) -> None:
        if schema.get("additionalProperties") is False:
            self._source.check_keys(table, schema["properties"], place, name)
        self._source.check_has(table, schema.get("required", ()), place, name)
        for path, value, one in _parts(table, schema):
            if not fits(value, one):
                self.of(value, one, (*place, *path), "" if path else name)
        for path, sentence in _at_odds(table, schema):
            self._source.fail((*place, *path), f"{name} {sentence}")


def _is_simple(schema: Schema) -> bool:
    """Whether one sentence says all about what such values may be."""
    return not _DEEP & resolved(schema).keys()


def phrase(schema: Schema) -> str:
    """What values a schema allows, as part of a sentence: "a whole number from 1"."""
    schema = resolved(schema)
    if "x-phrase" in schema:
        return str(schema["x-phrase"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(phrase(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " or ".join(_literal(one) for one in schema.get("enum", [schema.get("const")]))
    names = schema.get("type", "object")
    if not isinstance(names, str):
        return " or ".join(phrase({**schema, "type": name}) for name in names)
    text = _WORDS[names][0]
    if names == "array":
        return text + _items(schema)
    if names == "string" and "pattern" in schema:
        return f"{text} that matches {schema['pattern']}"
    if names in ("integer", "number"):
        text += f" from {schema['minimum']:g}" if "minimum" in schema else ""
        text += f" above {schema['exclusiveMinimum']:g}" if "exclusiveMinimum" in schema else ""
        return text + (f" to {schema['maximum']}" if "maximum" in schema else "")
    return text


def _items(schema: Schema) -> str:
    items = resolved(schema.get("items", {}))
    kind = items.get("type")
    if isinstance(kind, str) and kind != "object":
        return f" of {_WORDS[kind][1]}"
    if "enum" in items:
        return " of words"
    return " with something in it" if schema.get("minItems") else ""


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
