"""What a service says about itself: its OpenAPI document and the number of its resources."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from harness.errors import HarnessError
from harness.foreign_text import foreign
from harness.model import Route

_METHODS = ("get", "post", "put", "patch", "delete")
# "Let in": the caller passed the gate, and the handler then had other reasons to fail.
_LET_IN = (400, 404, 405, 409, 410, 415, 422)


def openapi_routes(document: bytes, known: Iterable[Route]) -> list[Route]:
    """The protected operations of an OpenAPI document, each with its `x-required-permission`.

    Path parameters are filled with a random UUID; a route that the profile knows lends its body.
    Raises `HarnessError` when the document isn't JSON or names no permission at all.
    """
    try:
        paths = json.loads(document)["paths"]
    except (ValueError, KeyError, TypeError) as error:
        raise HarnessError(f"the service's OpenAPI document can't be used: {foreign(error)}") from error
    bodies = {(route.method, route.path): route.body for route in known}
    routes = []
    for path, operations in paths.items():
        for method in _METHODS:
            permission = operations.get(method, {}).get("x-required-permission")
            if permission:
                body = None if method in ("get", "delete") else bodies.get((method.upper(), path), "{}")
                filled = re.sub(r"\{[^}]+\}", lambda _: str(uuid.uuid4()), path)
                routes.append(
                    Route(f"{method} {path}", method.upper(), filled, permission, body, tuple(range(200, 300)), _LET_IN)
                )
    if not routes:
        raise HarnessError("the service's OpenAPI document names no x-required-permission")
    return routes


def count_items(document: bytes, member: str) -> int:
    """How many items a list answer holds: the length of its `member`, or that number itself.

    Raises `HarnessError` when the answer has no such member.
    """
    try:
        value: Any = json.loads(document)[member]
    except (ValueError, KeyError, TypeError) as error:
        raise HarnessError(f"the list of resources has no {member!r}: {foreign(document)}") from error
    return value if isinstance(value, int) else len(value)


def item_id(document: bytes, member: str) -> str:
    """The id that a created resource's answer gives. Raises `HarnessError` when it has no such member."""
    try:
        return str(json.loads(document)[member])
    except (ValueError, KeyError, TypeError) as error:
        raise HarnessError(f"the created resource has no {member!r}: {foreign(document)}") from error
