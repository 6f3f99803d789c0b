"""The OpenAPI 3.1 document of the control API, made from the operations that are served."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mock_idp.answer import JSON
from mock_idp.control.operation import Call, Operation, Reply, ref
from mock_idp.control.schemas import SCHEMAS

_PHRASES = {200: "Done.", 201: "Made.", 204: "Done; no body.", 408: "Not in time.", 503: "Not yet."}


def serving(document: Callable[[], dict[str, Any]]) -> Operation:
    """The operation that serves the document."""

    def openapi(call: Call) -> Reply:
        """The OpenAPI document."""
        return Reply(200, document())

    return Operation("GET", "/_mock/openapi.json", "getOpenapi", "This document.", openapi, {200: {"type": "object"}})


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole document about these operations."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mock-idp control API",
            "version": "1",
            "summary": "Issuers, keys, tokens, faults, clocks and request logs of a mock identity provider.",
            "description": "For testing only. Errors are JSON with a code, a sentence and the offending field; "
            "a refused call has changed nothing.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"controlToken": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "controlToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Needed when the server was started with a control token.",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            **{str(status): _response(operation, status) for status in operation.answers},
            "default": {"description": "Refused.", "content": {JSON: {"schema": ref("Error")}}},
        },
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {JSON: {"schema": operation.body}},
        }
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in operation.query.items()
    ]


def _response(operation: Operation, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _PHRASES[status]}
    content = {}
    schema = operation.answers[status]
    if schema is not None:
        content[JSON] = {"schema": schema}
    if operation.text is not None:
        content[operation.text] = {"schema": {"type": "string"}}
    if content:
        described["content"] = content
    return described
