"""A signed token taken apart for people: what its header and its claims say, without what makes it valid."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

# What is longer is about its length, and nobody reads it member by member.
_LONGEST_TOKEN = 16 * 1024


def decoded(token: str) -> dict[str, Any] | None:
    """`{"header": {...}, "claims": {...}}` of a JWS in its compact form (RFC 7515 §7.1); None for anything else.

    Nothing is verified, and the signature is left out.
    """
    if len(token) > _LONGEST_TOKEN or token.count(".") != 2:
        return None
    try:
        header, claims = (_object(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    except (ValueError, RecursionError):
        return None
    return {"header": header, "claims": claims} if isinstance(header, dict) and isinstance(claims, dict) else None


def _object(text: bytes) -> Any:
    """JSON, in which a number that a record can't hold is its text."""
    return json.loads(text, parse_constant=str, parse_float=_number)


def _number(text: str) -> float | str:
    return number if math.isfinite(number := float(text)) else text
