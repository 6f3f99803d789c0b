"""JSON objects put together from values and from raw text, and what a reader makes of the result."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from mock_idp.jose.encoding import compact_json, utf8


def object_bytes(
    members: Mapping[str, Any],
    raw: Mapping[str, str],
    raw_members: Iterable[tuple[str, str]] = (),
    field: str | None = None,
) -> bytes:
    """A JSON object in UTF-8.

    In: `members`, name to value; `raw`, name to JSON text that stands in for the value, in its place or
    behind the others; `raw_members`, appended as they are, so that a name can appear twice. Raw text is not
    checked. `field` is the member to blame for a value.

    Raises:
        JoseError: `not_json` for a value JSON has no form for; `not_utf8` for raw text with a lone surrogate.
    """
    if not raw and not raw_members:
        return compact_json(members, field)
    texts = {name: b"" if name in raw else compact_json(value, field) for name, value in members.items()}
    texts.update({name: utf8(text, name) for name, text in raw.items()})
    pairs = [*texts.items(), *((name, utf8(text, name)) for name, text in raw_members)]
    return b"{" + b",".join(compact_json(name) + b":" + text for name, text in pairs) + b"}"


def as_seen(data: bytes) -> Any:
    """What a lenient reader sees in the bytes: the JSON value (of duplicate members the last), or None.

    Numbers no double can hold come as their text, so that the answer itself can be written as JSON.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text
