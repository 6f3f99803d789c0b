"""Pieces of the JSON schemas that the control API shows and checks with."""

from __future__ import annotations

from typing import Any

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
