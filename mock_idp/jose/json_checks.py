"""Checks of decoded JSON against the type a member must have; each names the member it refuses."""

import math
from collections.abc import Callable
from typing import Any

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError

Check = Callable[[Any, str], Any]
"""In: the decoded value and the path of its member. Out: the value as the data model wants it; raises
JoseError `wrong_type` or `wrong_value`."""


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


def text(value: Any, field: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise wrong_type(field, "a string", value)
    return value


def texts(value: Any, field: str) -> tuple[str, ...]:
    """An array of strings."""
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "an array of strings", value)
    return tuple(text(item, f"{field}[{index}]") for index, item in enumerate(value))


def text_or_texts(value: Any, field: str) -> str | tuple[str, ...]:
    """A string or an array of strings."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        raise wrong_type(field, "a string or an array of strings", value)
    return texts(value, field)


def number(value: Any, field: str) -> int | float:
    """A finite number (and no boolean)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(field, "a number of seconds", value)
    if isinstance(value, float) and not math.isfinite(value):
        raise JoseError("wrong_value", f"{field} must be a finite number; use 'raw' for others.", field)
    return value


def json_object(value: Any, field: str) -> dict[str, Any]:
    """An object with any values."""
    if not isinstance(value, dict):
        raise wrong_type(field, "an object", value)
    for name in value:
        text(name, f"the name of a member of {field}")
    return dict(value)


def object_of(check: Check) -> Check:
    """An object whose values all pass the check."""

    def checked(value: Any, field: str) -> dict[str, Any]:
        members = json_object(value, field)
        return {name: check(item, f"{field}.{name}") for name, item in members.items()}

    return checked


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


def base64url(value: Any, field: str) -> bytes:
    """The bytes of base64url text without padding."""
    try:
        return b64url_decode(text(value, field))
    except JoseError as error:
        if error.code == "wrong_type":
            raise
        raise JoseError("wrong_value", f"{field} must be base64url without padding.", field) from None
