"""The kinds of values in scenario files. Each is a JSON schema: the loader checks with it and editors read it.

A kind is written as a type, where the value is used: the annotation of a step's argument, or of a member of a table
(a `TypedDict`). What a type can't say stands beside it: `Annotated[int, Kind({"minimum": 1})]`.

Keywords of our own say what a text stands for; `marks` finds them in a value:
`x-gives` and `x-uses`: a name, with the word for what gives it; `x-route`: a route of the profile; `x-counter`: one of
its counters; `x-knob`: a knob of its policy; `x-needs-knob`: a number that means nothing without that knob.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = Mapping[str, Any]
Place = tuple[str | int, ...]

# What `{"$ref": "#/$defs/NAME"}` means: a table is written down once, however many steps take one.
DEFINITIONS: Final[dict[str, Schema]] = {}

_REFERENCE: Final = "#/$defs/"

_PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Any: {},
}
_MARKS = {"x-gives", "x-uses", "x-route", "x-counter", "x-knob", "x-needs-knob"}
_OWN = {"type", "enum", "const", "anyOf", "oneOf", "$ref"}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (dict,),
    "null": (types.NoneType,),
}


@dataclass(frozen=True, eq=False)
class Kind:
    """Parts of a JSON schema, as they stand beside a type. It can be hashed, which a union asks of its members."""

    schema: Schema


def define(name: str, schema: Schema) -> Kind:
    """A schema under a name of its own, for values that stand in many places."""
    DEFINITIONS[name] = schema
    return Kind({"$ref": _REFERENCE + name})


def word(what: str, known: Iterable[str]) -> Kind:
    """One of the known words; `what` is what a sentence calls one that is unknown: "'x' is no style"."""
    return Kind({"title": what, "enum": list(known)})


def gives(what: str, until: str = "") -> Kind:
    """A name that later steps may use. With `until` it must be used by a step of that name before the case ends."""
    return Kind({"minLength": 1, "x-gives": what, **({"x-until": until} if until else {})})


def uses(what: str) -> Kind:
    """A name that an earlier step must have given."""
    return Kind({"x-uses": what})


def schema_of(annotation: Any) -> Schema:
    """The JSON schema of a type: of str, bool, int, float, a list, a table, a `Literal`, a union or an `Annotated`.

    Beside the type in `Annotated` stands a `Kind`, or another type whose schema is meant. `None` in a union
    only says that the value may be left out. Raises `TypeError` for any other type.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin is Required:
        return schema_of(arguments[0])
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if is_typeddict(annotation):
        return _defined(annotation)
    if origin in (Union, types.UnionType):
        alternatives = [schema_of(one) for one in arguments if one is not types.NoneType]
        return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
    if origin is Literal:
        return {"enum": list(arguments)} if len(arguments) > 1 else {"const": arguments[0]}
    if origin in (list, Sequence):
        return {"type": "array", "items": schema_of(arguments[0]), "minItems": 1}
    if origin in (dict, Mapping):
        of_values = schema_of(arguments[1])
        return {"type": "object", **({"additionalProperties": of_values} if of_values else {})}
    raise TypeError(f"no kind of value is known for {annotation!r}")


def _annotated(base: Any, beside: Sequence[Any]) -> Schema:
    parts = [one.schema if isinstance(one, Kind) else schema_of(one) for one in beside]
    whole = any(_OWN & part.keys() for part in parts)
    parts = parts if whole else [schema_of(base), *parts]
    if len(parts) == 1:
        return parts[0]
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= resolved(part)
    return merged


def _defined(table: type) -> Schema:
    name = table.__name__.removesuffix("Table").lower()
    if name not in DEFINITIONS:
        hints = get_type_hints(table, include_extras=True)
        required = [key for key in hints if key in table.__required_keys__]  # type: ignore[attr-defined]
        define(name, closed({key: schema_of(hint) for key, hint in hints.items()}, required))
    return {"$ref": _REFERENCE + name}


def closed(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """The schema of a table that has these keys and no other."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, "additionalProperties": False}


def keys_of(table: type) -> list[str]:
    """The keys of a table, in the order in which they are declared."""
    return list(get_type_hints(table))


def resolved(schema: Schema) -> Schema:
    """The schema that a `$ref` names, which stands alone; any other as it is."""
    return DEFINITIONS[schema["$ref"][len(_REFERENCE) :]] if "$ref" in schema else schema


def has_type(value: Any, schema: Schema) -> bool:
    """Whether the value is of a type that the schema names, whatever else it asks for."""
    schema = resolved(schema)
    names = schema.get("type")
    if isinstance(names, str):
        return is_type(value, names)
    if names is not None:
        return any(is_type(value, name) for name in names)
    if "anyOf" in schema:
        return any(has_type(value, one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return type(value) in {type(one) for one in schema.get("enum", (schema.get("const"),))}
    return True


def is_type(value: Any, name: str) -> bool:
    """Whether a value is of a type of JSON Schema; true, false, NaN and the infinities are no numbers."""
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name]) and not (isinstance(value, float) and not math.isfinite(value))


@dataclass(frozen=True)
class Mark:
    """A value that stands for something: the keyword that says so, its schema, and where in the whole it is."""

    keyword: str
    schema: Schema
    value: Any
    place: Place

    @property
    def argument(self) -> Any:
        """What the keyword says."""
        return self.schema[self.keyword]


def marks(value: Any, schema: Schema, place: Place = ()) -> Iterator[Mark]:
    """What the parts of a value that keeps to its schema stand for."""
    schema = resolved(schema)
    for keyword in _MARKS & schema.keys():
        yield Mark(keyword, schema, value, place)
    for one in schema.get("anyOf", ()):
        if has_type(value, one):
            yield from marks(value, one, place)
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, item in value.items():
            if "propertyNames" in schema:
                yield from marks(key, schema["propertyNames"], (*place, key))
            if key in properties or isinstance(others, dict):
                yield from marks(item, properties.get(key, others), (*place, key))
    elif isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from marks(item, schema["items"], (*place, number))
