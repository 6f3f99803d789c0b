"""What a service says about itself: its OpenAPI document and the number of its resources."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from harness.base.errors import HarnessError
from harness.grammar.model import Route
from harness.shown.foreign_text import foreign
from harness.wire.exchange import Exchange
from mock_idp.tools.input_file import InputFileError, parse_json

MAX_ROUTES = 500
_METHODS = ("get", "post", "put", "patch", "delete")
# "Let in": the caller passed the gate, and the handler then had other reasons to fail.
_LET_IN = (400, 404, 405, 409, 410, 415, 422)
_PATH = re.compile(r"/[!-~]{0,999}")
_PARAMETER = re.compile(r"\{[^{}]*\}")
# An id, or a permission.
_ID = re.compile(r"[!-~]{1,200}")
_LARGEST_COUNT = 10**15


def document_of(exchange: Exchange) -> bytes:
    """The body of an answer that has one to offer. Raises `HarnessError` for any other than a 2xx."""
    if exchange.status is None or not 200 <= exchange.status < 300:
        request = exchange.request
        raise HarnessError(f"{request.method} {request.path[:200]} has no document to offer: {exchange.summary()}")
    return exchange.body


def openapi_routes(document: bytes, known: Iterable[Route]) -> list[Route]:
    """The protected operations of an OpenAPI document, each with its `x-required-permission`.

    Path parameters are filled with a random UUID; a route that the profile knows lends its body.
    Raises `HarnessError` when it is no OpenAPI document, names no permission at all, or more than 500 operations.
    """
    what = "the service's OpenAPI document"
    paths = _table(_table(_json(document, what), what).get("paths"), f"paths of {what}")
    bodies = {(route.method, route.path): route.body for route in known}
    routes = []
    for path, item in paths.items():
        if path.startswith("x-"):  # An extension, whose value may be anything.
            continue
        if not _PATH.fullmatch(path):
            raise HarnessError(f"the path {path[:100]!r} of {what} is none that can be asked for")
        operations = _table(item, f"the path {path[:100]!r} of {what}")
        for method in _METHODS:
            operation = _table(operations.get(method, {}), f"{method} of the path {path[:100]!r} of {what}")
            permission = operation.get("x-required-permission")
            if not permission:
                continue
            if not isinstance(permission, str) or not _ID.fullmatch(permission):
                raise HarnessError(f"x-required-permission of {method} {path[:100]} of {what} is no permission")
            body = None if method in ("get", "delete") else bodies.get((method.upper(), path), "{}")
            filled = _PARAMETER.sub(lambda _: str(uuid.uuid4()), path)
            routes.append(
                Route(f"{method} {path}", method.upper(), filled, permission, body, tuple(range(200, 300)), _LET_IN)
            )
            if len(routes) > MAX_ROUTES:
                raise HarnessError(f"{what} has more than {MAX_ROUTES} operations, the most that are tried")
    if not routes:
        raise HarnessError(f"{what} names no x-required-permission")
    return routes


def count_items(document: bytes, member: str) -> int:
    """How many items a list answer holds: the length of its `member`, or that number itself.

    Raises `HarnessError` when the answer has no such member, or one that counts nothing.
    """
    value = _member(document, member, "the list of resources")
    if isinstance(value, list | dict):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT:
        return value
    raise HarnessError(f"{member!r} of the list of resources is neither a list nor a count: {foreign(document)}")


def item_id(document: bytes, member: str) -> str:
    """The id that a created resource's answer gives, as it stands in a path.

    Raises `HarnessError` when it has no such member, or one that is no id.
    """
    value = _member(document, member, "the created resource")
    if isinstance(value, str | int) and not isinstance(value, bool) and (isinstance(value, str) or value < 10**100):
        text = str(value)
        if _ID.fullmatch(text):
            return quote(text, safe="!$&'()*+,;=:@")
    raise HarnessError(f"{member!r} of the created resource is no id that a path can hold: {foreign(document)}")


def _member(document: bytes, member: str, what: str) -> Any:
    members = _json(document, what)
    if not isinstance(members, dict) or member not in members:
        raise HarnessError(f"{what} has no {member!r}: {foreign(document)}")
    return members[member]


def _json(document: bytes, what: str) -> Any:
    try:
        return parse_json(document)
    except InputFileError as error:
        raise HarnessError(f"{what} can't be used, as it {error}") from None


def _table(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise HarnessError(f"{what} is no JSON object")
    return value
