"""Checks of decoded JSON against the JSON Schema that the OpenAPI document shows, so that the document is true.

Only the keywords the schemas of this server use are known; a test holds the outcome against the `jsonschema` package.
Where a schema says `OTHERWISE`, that is the sentence for whoever broke it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from mock_idp.errors import MockIdpError, bad_field
from mock_idp.jose.errors import nearest
from mock_idp.jose.members import OTHERWISE

Schema = Mapping[str, Any]

# Annotations, not assertions (JSON Schema 2020-12, Validation, section 9).
ANNOTATIONS = frozenset({"description", "default", "title", "examples", "format", OTHERWISE})


def check(value: Any, schema: Schema, field: str = "", components: Mapping[str, Schema] | None = None) -> None:
    """Check a decoded JSON value.

    In: the dotted path of the value for the error, and the schemas that `$ref` may name.
    A whole number that is written with a fraction (`1.0`) becomes one, in place, as JSON knows no difference.
    Raises MockIdpError 400 that names the first member which is wrong, and what it should be.
    """
    _Check(components or {}).check(value, schema, field)


def fits(value: Any, schema: Schema, components: Mapping[str, Schema] | None = None) -> bool:
    """Whether `check` lets a value pass."""
    return _Check(components or {}).fits(value, schema)


def with_defaults(given: Mapping[str, Any], properties: Mapping[str, Schema], field: str) -> dict[str, Any]:
    """The given members, checked, and the defaults of those that are not given. Raises MockIdpError as `check`."""
    check(given, {"type": "object", "properties": properties, "additionalProperties": False}, field)
    return {name: given.get(name, schema.get("default")) for name, schema in properties.items()}


class _Check:
    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def check(self, value: Any, schema: Schema, field: str) -> None:
        if "$ref" in schema:
            schema = self._components[schema["$ref"].rpartition("/")[2]]
        try:
            for keyword, argument in schema.items():
                if keyword not in ANNOTATIONS:
                    getattr(self, _METHODS[keyword])(value, argument, field, schema)
        except MockIdpError as error:
            if OTHERWISE not in schema:
                raise
            raise bad_field(error.field or "", schema[OTHERWISE]) from None

    def fits(self, value: Any, schema: Schema) -> bool:
        try:
            self.check(value, schema, "")
        except MockIdpError:
            return False
        return True

    def type(self, value: Any, argument: str | list[str], field: str, schema: Schema) -> None:
        wanted = [argument] if isinstance(argument, str) else argument
        if not any(_is(value, name) for name in wanted):
            raise bad_field(field, f"This must be {' or '.join(_WORDS[name] for name in wanted)}.")

    def enum(self, value: Any, argument: list[Any], field: str, schema: Schema) -> None:
        if not any(value == known and isinstance(value, bool) is isinstance(known, bool) for known in argument):
            names = [str(known) for known in argument]
            hint = nearest(value, names) if isinstance(value, str) else f"Known: {', '.join(names)}."
            raise bad_field(field, f"This is none of the values it can have. {hint}")

    def required(self, value: Any, argument: list[str], field: str, schema: Schema) -> None:
        if isinstance(value, dict):
            for name in argument:
                if name not in value:
                    raise bad_field(_join(field, name), "This member is missing.")

    def properties(self, value: Any, argument: Mapping[str, Schema], field: str, schema: Schema) -> None:
        if isinstance(value, dict):
            for name, sub in argument.items():
                if name in value:
                    self.check(value[name], sub, _join(field, name))
                    if isinstance(value[name], float) and "integer" in sub.get("type", ""):
                        value[name] = int(value[name])

    def additional_properties(self, value: Any, argument: Any, field: str, schema: Schema) -> None:
        if not isinstance(value, dict):
            return
        known = schema.get("properties", {})
        for name, item in value.items():
            if name in known:
                continue
            if argument is False:
                raise bad_field(_join(field, name), f"There is no such member here. {nearest(name, known)}")
            if argument is not True:
                self.check(item, argument, _join(field, name))

    def property_names(self, value: Any, argument: Schema, field: str, schema: Schema) -> None:
        if isinstance(value, dict):
            for name in value:
                self.check(name, argument, _join(field, name))

    def items(self, value: Any, argument: Schema, field: str, schema: Schema) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                self.check(item, argument, _join(field, str(number)))

    def min_items(self, value: Any, argument: int, field: str, schema: Schema) -> None:
        if isinstance(value, list) and len(value) < argument:
            raise bad_field(field, f"This needs at least {argument} entries.")

    def max_items(self, value: Any, argument: int, field: str, schema: Schema) -> None:
        if isinstance(value, list) and len(value) > argument:
            raise bad_field(field, f"This may have at most {argument} entries.")

    def max_properties(self, value: Any, argument: int, field: str, schema: Schema) -> None:
        if isinstance(value, dict) and len(value) > argument:
            raise bad_field(field, f"This may have at most {argument} members.")

    def min_length(self, value: Any, argument: int, field: str, schema: Schema) -> None:
        if isinstance(value, str) and len(value) < argument:
            raise bad_field(field, f"This needs at least {argument} characters.")

    def max_length(self, value: Any, argument: int, field: str, schema: Schema) -> None:
        if isinstance(value, str) and len(value) > argument:
            raise bad_field(field, f"This may have at most {argument} characters.")

    def pattern(self, value: Any, argument: str, field: str, schema: Schema) -> None:
        # `$` of Python also matches before a line break at the end, that of JSON Schema (ECMA 262) does not.
        if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", argument), value):
            raise bad_field(field, f"This must match {argument}.")

    def minimum(self, value: Any, argument: float, field: str, schema: Schema) -> None:
        if _is(value, "number") and value < argument:
            raise bad_field(field, f"This must be at least {argument}.")

    def maximum(self, value: Any, argument: float, field: str, schema: Schema) -> None:
        if _is(value, "number") and value > argument:
            raise bad_field(field, f"This must be at most {argument}.")

    def exclusive_minimum(self, value: Any, argument: float, field: str, schema: Schema) -> None:
        if _is(value, "number") and value <= argument:
            raise bad_field(field, f"This must be more than {argument}.")

    def one_of(self, value: Any, argument: list[Schema], field: str, schema: Schema) -> None:
        """Alternatives told apart by one member (`discriminator` of OpenAPI); the error is that of the chosen one."""
        name, mapping = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        self.check(value, {"type": "object", "required": [name]}, field)
        self.enum(value[name], list(mapping), _join(field, name), schema)
        self.check(value, {"$ref": mapping[value[name]]}, field)

    def all_of(self, value: Any, argument: list[Schema], field: str, schema: Schema) -> None:
        for each in argument:
            self.check(value, each, field)

    def any_of(self, value: Any, argument: list[Schema], field: str, schema: Schema) -> None:
        if not any(self.fits(value, each) for each in argument):
            raise bad_field(field, "This fits none of the forms it can have.")

    def negated(self, value: Any, argument: Schema, field: str, schema: Schema) -> None:
        if self.fits(value, argument):
            raise bad_field(field, "This must not be so.")

    def condition(self, value: Any, argument: Schema, field: str, schema: Schema) -> None:
        if self.fits(value, argument):
            self.check(value, schema["then"], field)

    def dependent_schemas(self, value: Any, argument: Mapping[str, Schema], field: str, schema: Schema) -> None:
        if isinstance(value, dict):
            for name, sub in argument.items():
                if name in value:
                    self.check(value, sub, field)

    def nothing(self, value: Any, argument: Any, field: str, schema: Schema) -> None:
        """A keyword another one reads."""


_METHODS = {
    "type": "type",
    "enum": "enum",
    "required": "required",
    "properties": "properties",
    "additionalProperties": "additional_properties",
    "propertyNames": "property_names",
    "items": "items",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "maxProperties": "max_properties",
    "oneOf": "one_of",
    "allOf": "all_of",
    "anyOf": "any_of",
    "not": "negated",
    "if": "condition",
    "then": "nothing",
    "dependentSchemas": "dependent_schemas",
    "discriminator": "nothing",
}
_WORDS = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def _is(value: Any, name: str) -> bool:
    match name:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "integer":
            return _is_number(value) and value == value // 1
        case _:
            return _is_number(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
