"""The options of a vendor as a command line has them: text that becomes what the option's schema asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mock_idp.errors import bad_field
from mock_idp.vendors import VENDORS

_BOOLEANS = {"true": True, "false": False}


def vendor_options(style: str, options: Iterable[str]) -> dict[str, Any]:
    """Options as settings have them. In: the style, and `NAME=VALUE` for each.

    `true` and `false` are those where the option is one or the other, commas separate the members of a list, and
    `null` is null where the option can be that. What is no such word stays text, and is refused with the settings.
    Raises MockIdpError for an option without `=`.
    """
    values: dict[str, Any] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals:
            raise bad_field("options", f"This takes NAME=VALUE, not {option!r}.")
        values[name] = _value(VENDORS[style].option_schemas.get(name, {}).get("type"), text)
    return values


def _value(wanted: Any, text: str) -> Any:
    if wanted == "boolean":
        return _BOOLEANS.get(text, text)
    if wanted == "array":
        return text.split(",") if text else []
    if isinstance(wanted, list) and "null" in wanted and text == "null":
        return None
    return text
