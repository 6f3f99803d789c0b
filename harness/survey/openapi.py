"""What an OpenAPI document says of a service's operations: which want a token, and with which scopes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.base.errors import HarnessError
from harness.grammar.value_kinds import LINE
from mock_idp.tools.input_file import InputFileError, parse_json

# Where the document is, with the most usual frameworks and with Tasker.
PLACES: Final = (
    *("/openapi.json", "/api-docs/openapi.json", "/v3/api-docs", "/swagger.json", "/swagger/v1/swagger.json"),
    *("/api/openapi.json", "/docs/openapi.json", "/api-json", "/openapi", "/docs/json", "/documentation/json"),
    *("/schema/openapi.json", "/openapi/v1.json", "/v1/openapi.json", "/doc", "/api/schema/"),
)
MOST: Final = 500
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_PATH: Final = re.compile(r"/[!-~]{0,999}")
_PARAMETER: Final = re.compile(r"\{[^{}]*\}")
_DEEPEST: Final = 6


@dataclass(frozen=True)
class Operation:
    """A method of a path, its parameters replaced by `{uuid}`; `permissions` are its scopes.

    `secured` says whether the document asks for credentials, `body` is one that its schema allows, None without one.
    """

    method: str
    path: str
    permissions: tuple[str, ...]
    secured: bool
    body: str | None = None

    @property
    def has_parameter(self) -> bool:
        return "{uuid}" in self.path


def read_operations(document: bytes) -> list[Operation]:
    """The operations that can be asked for without knowing more, GET first and those without parameters before others.

    Left out are those that need parameters in the query. Raises `HarnessError` for what is no OpenAPI document.
    """
    try:
        data = parse_json(document)
    except InputFileError as error:
        raise HarnessError(f"it {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
        raise HarnessError("it is no OpenAPI document: it has no paths")
    base = _base_path(data)
    found = [
        operation
        for path, item in list(data["paths"].items())[:MOST]
        if isinstance(item, dict) and _PATH.fullmatch(path)
        for method in _METHODS
        if isinstance(item.get(method), dict)
        and (operation := _operation(data, base + path, method, item[method], item.get("parameters")))
    ]
    return sorted(found, key=lambda one: (one.method != "GET", one.has_parameter))


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], shared: Any
) -> Operation | None:
    parameters = [_resolved(document, one) for one in (*_list(shared), *_list(operation.get("parameters")))]
    needed = {(one.get("in"), str(one.get("name")).lower()) for one in parameters if one.get("required")}
    if any(place == "query" for place, _ in needed):
        return None
    requirements = [one for one in _list(operation.get("security", document.get("security"))) if isinstance(one, dict)]
    scopes = [scope for one in requirements for value in one.values() for scope in _list(value)]
    scopes.append(operation.get("x-required-permission"))
    asked = {str(one.get("name")).lower() for one in parameters if one.get("in") == "header"}
    return Operation(
        method=method.upper(),
        path=_PARAMETER.sub("{uuid}", path),
        permissions=tuple(dict.fromkeys(one for one in scopes if isinstance(one, str) and not LINE.missing(one))),
        secured=bool(requirements and all(requirements))
        or "authorization" in asked
        or "x-required-permission" in operation,
        body=_body(document, operation.get("requestBody")) if method in ("post", "put", "patch") else None,
    )


def _base_path(document: Mapping[str, Any]) -> str:
    """The path of the only server, where it is one without a host."""
    servers = _list(document.get("servers"))
    url = servers[0].get("url") if len(servers) == 1 and isinstance(servers[0], dict) else ""
    base = url if isinstance(url, str) and _PATH.fullmatch(url) else document.get("basePath", "")
    return base.rstrip("/") if isinstance(base, str) and _PATH.fullmatch(base) else ""


def _body(document: Mapping[str, Any], said: Any) -> str | None:
    content = _resolved(document, said).get("content") if said is not None else None
    media = content.get("application/json") if isinstance(content, dict) else None
    if not isinstance(media, dict):
        return "{}"
    return json.dumps(media["example"] if "example" in media else _example(document, media.get("schema"), _DEEPEST))


def _example(document: Mapping[str, Any], schema: Any, depth: int) -> Any:
    """A value that the schema allows, as far as types say it."""
    said = _resolved(document, schema)
    for key in ("example", "default", "const"):
        if key in said:
            return said[key]
    if enum := _list(said.get("enum")):
        return enum[0]
    for key in ("allOf", "anyOf", "oneOf"):
        if (choices := _list(said.get(key))) and depth:
            return _example(document, choices[0], depth - 1)
    kind = said.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or "properties" in said:
        members = said.get("properties")
        needed = _list(said.get("required"))
        if not isinstance(members, dict) or not depth:
            return {}
        return {name: _example(document, one, depth - 1) for name, one in members.items() if name in needed}
    words: Mapping[Any, Any] = {"integer": 1, "number": 1, "boolean": True, "array": []}
    return words.get(kind, "idp-harness")


def _resolved(document: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """The object, or the one that its `$ref` names within the document."""
    for _ in range(_DEEPEST):
        if not isinstance(value, dict):
            return {}
        if not isinstance(value.get("$ref"), str):
            return value
        place, value = value["$ref"], document
        for name in place.removeprefix("#/").split("/"):
            value = value.get(name) if isinstance(value, dict) else None
    return {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
