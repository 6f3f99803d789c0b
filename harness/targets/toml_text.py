"""Values and tables as TOML 1.0."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


class Interpolated(str):
    """A text in which the service itself replaces `${NAME}` by a variable of its environment."""


def toml_value(value: str | bool | int | float | Sequence[Any]) -> str:
    """A TOML 1.0 value: a basic string, boolean, integer, float or array of these.

    A dollar sign is written as an escape: the worker replaces `${NAME}` in the text of the file before it
    reads the TOML, and ends when NAME is in its environment and not on its list. Not so in what is `Interpolated`.
    """
    if isinstance(value, Interpolated):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f").replace("$", "\\u0024")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "[" + ", ".join(map(toml_value, value)) + "]"


def toml_tables(table: Mapping[str, Any], header: str = "") -> str:
    """The table as TOML; `header` is its own name. Plain values come first, as TOML wants it.

    A table that holds nothing but tables has no header of its own, so that another part of the file may have it.
    """
    lines, tables = [], []
    for name, value in table.items():
        full = f"{header}.{name}" if header else name
        if isinstance(value, Mapping):
            tables.append(toml_tables(value, full))
        elif isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
            tables += [f"[[{full}]]\n{toml_tables(entry)}" for entry in value]
        else:
            lines.append(f"{name} = {toml_value(value)}")
    if header and (lines or not tables):
        lines.insert(0, f"[{header}]")
    return "\n".join([*lines, *tables, ""])
