"""Checks of decoded JSON against the type a member must have; each names the member it refuses."""

import math
from collections.abc import Sequence
from typing import Any

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.members import Shape, shape


def kind_of(value: Any) -> str:
    """The JSON word for a decoded value, for sentences: `an object`, `null`, ..."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list | tuple) else "an object"


def wrong_type(field: str, wanted: str, value: Any) -> JoseError:
    """The error for a member of another type than it must have."""
    return JoseError("wrong_type", f"{field} must be {wanted}, not {kind_of(value)}.", field)


@shape(type="string")
def text(value: Any, field: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise wrong_type(field, "a string", value)
    return value


def one_of(allowed: Sequence[str]) -> Shape[Any]:
    """One of these words."""

    @shape(type="string", enum=list(allowed))
    def checked(value: Any, field: str) -> str:
        if text(value, field) not in allowed:
            words = " or ".join(map(repr, allowed))
            raise JoseError("wrong_value", f"{field} must be {words}, not {value!r}.", field)
        return str(value)

    return checked


@shape(type="array", items=text.schema)
def texts(value: Any, field: str) -> tuple[str, ...]:
    """An array of strings."""
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "an array of strings", value)
    return tuple(text(item, f"{field}[{index}]") for index, item in enumerate(value))


@shape(type=["string", "array"], items=text.schema)
def text_or_texts(value: Any, field: str) -> str | tuple[str, ...]:
    """A string or an array of strings."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "a string or an array of strings", value)
    return texts(value, field)


@shape(type="number")
def number(value: Any, field: str) -> int | float:
    """A finite number (and no boolean)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(field, "a number of seconds", value)
    if isinstance(value, float) and not math.isfinite(value):
        raise JoseError("wrong_value", f"{field} must be a finite number; use 'raw' for others.", field)
    return value


@shape(type="object")
def json_object(value: Any, field: str) -> dict[str, Any]:
    """An object with any values."""
    if not isinstance(value, dict):
        raise wrong_type(field, "an object", value)
    for name in value:
        text(name, f"the name of a member of {field}")
    return dict(value)


def object_of(values: Shape[Any]) -> Shape[Any]:
    """An object whose values all have the shape."""

    @shape(type="object", additionalProperties=values.schema)
    def checked(value: Any, field: str) -> dict[str, Any]:
        members = json_object(value, field)
        return {name: values(item, f"{field}.{name}") for name, item in members.items()}

    return checked


@shape(type="array", items={**texts.schema, "minItems": 2, "maxItems": 2})
def pairs_of_texts(value: Any, field: str) -> tuple[tuple[str, str], ...]:
    """An array of [name, text] arrays."""
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "an array of [name, text] pairs", value)
    pairs = []
    for index, item in enumerate(value):
        pair = texts(item, f"{field}[{index}]")
        if len(pair) != 2:
            raise JoseError("wrong_value", f"{field}[{index}] must be [name, text].", f"{field}[{index}]")
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)


@shape(type="string", pattern="^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2,3})?$")
def base64url(value: Any, field: str) -> bytes:
    """The bytes of base64url text without padding."""
    try:
        return b64url_decode(text(value, field))
    except JoseError as error:
        if error.code == "wrong_type":
            raise
        raise JoseError("wrong_value", f"{field} must be base64url without padding.", field) from None
