"""Pieces of the JSON schemas that the control API shows and checks with."""

from __future__ import annotations

from typing import Any

from mock_idp.jose.members import OTHERWISE

Json = dict[str, Any]

STRING: Json = {"type": "string"}
STRINGS: Json = {"type": "array", "items": STRING}
OBJECT: Json = {"type": "object"}
ANY: Json = {}
TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 2000}
TEXTS: Json = {"type": "array", "items": TEXT, "maxItems": 1000}
MAYBE_TEXT: Json = {"type": ["string", "null"]}


def closed(properties: Json, required: list[str] | None = None) -> Json:
    """The schema of an object that has these members and no others.

    Unknown members are looked at first: a misspelled name explains a missing one, not the other way round.
    """
    needed = {"required": required} if required else {}
    return {"type": "object", "additionalProperties": False, "properties": properties, **needed}


def complete(properties: Json, optional: tuple[str, ...] = ()) -> Json:
    """The schema of an answer: all members are always there unless they are named as optional."""
    return closed(properties, [name for name in properties if name not in optional])


def list_of(item: Json) -> Json:
    """The schema of an array."""
    return {"type": "array", "items": item}


def never(sentence: str) -> Json:
    """The schema that nothing fits, and why."""
    return {"not": {}, OTHERWISE: sentence}


def chosen_by(name: str, alternatives: dict[str, Json]) -> Json:
    """A part of the schema of an object: the member of this name chooses one of the components that are referred to."""
    return {
        "oneOf": list(alternatives.values()),
        "discriminator": {
            "propertyName": name,
            "mapping": {value: each["$ref"] for value, each in alternatives.items()},
        },
    }


def if_then(name: str, values: list[Any], then: Json) -> Json:
    """A part of the schema of an object: what else holds where a member has one of these values."""
    return {"if": {"properties": {name: {"enum": values}}, "required": [name]}, "then": then}
