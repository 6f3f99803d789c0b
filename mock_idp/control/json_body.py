"""Decoding a JSON body without surprises."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from mock_idp.errors import MockIdpError

MAX_DEPTH = 100


def decode(content_type: str, body: bytes) -> Any:
    """The value of a JSON body; {} when the body is empty.

    Raises MockIdpError: 415 when the body is not said to be JSON; 400 when it is none, has a member twice (readers
    disagree on which one counts), a number no double can hold, text that is not Unicode, or bottomless nesting.
    """
    if not body:
        return {}
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise MockIdpError(415, "not_json", "The body must be JSON, with Content-Type: application/json.")
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_members, parse_float=_number, parse_constant=_constant
        )
        _check_depth(value)
        # A lone surrogate is legal in JSON as an escape, but no text that could be sent or signed.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except MockIdpError:
        raise
    except UnicodeError:
        raise _bad("The body is not Unicode text in UTF-8.") from None
    except RecursionError:
        raise _bad("The body is nested too deeply.") from None
    except ValueError as error:
        raise _bad(f"The body is not JSON: {error}.") from None
    return value


def _check_depth(value: Any) -> None:
    """Raises MockIdpError 400 for nesting that something behind us might not follow."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise _bad(f"The body is nested more than {MAX_DEPTH} levels deep; raw claims hold any text.")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise MockIdpError(400, "duplicate_member", f"The member {twice!r} stands there twice.", twice)
    return members


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _bad(f"The number {text[:40]} is too large; raw claims hold any text.")
    return number


def _constant(text: str) -> Any:
    raise _bad(f"{text} is not JSON; raw claims hold any text.")


def _bad(sentence: str) -> MockIdpError:
    return MockIdpError(400, "invalid_json", sentence)
