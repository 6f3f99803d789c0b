"""The OpenAPI 3.1 document of the control API, made from the operations that are served."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.schemas import SCHEMAS
from mock_idp.http11.response import JSON, MARKER

_PHRASES = {200: "Done.", 201: "Made.", 204: "Done; no body.", 408: "Not in time.", 503: "Not yet."}
_REFUSALS = {
    400: ("BadRequest", "The query or the body is not as this document says."),
    401: ("Unauthorized", "The control token is missing or wrong."),
    403: ("Forbidden", "The Host or the Origin is none that this server answers to."),
    404: ("NotFound", "Something that the path names is not there."),
    405: ("MethodNotAllowed", "The path has other methods than this one: those of the header Allow."),
    409: ("Conflict", "The call is as described, but contradicts what is there, or the keys there are cannot do it."),
    413: ("ContentTooLarge", "The body is larger than this server takes."),
    415: ("UnsupportedMediaType", "There is a body, and its Content-Type is not application/json."),
    503: ("Starting", "The keys of the start are not there yet."),
}
_MARKER = {MARKER[0]: {"required": True, "schema": {"type": "string", "enum": [MARKER[1]]}}}


def serving(document: Callable[[bool], dict[str, Any]]) -> Operation:
    """The operation that serves the document."""

    def openapi(call: Call) -> ControlResponse:
        """The OpenAPI document."""
        return ControlResponse(200, document(call.state.settings.control_token is not None))

    return Operation("GET", "/_mock/openapi.json", "getOpenapi", "This document.", openapi, {200: {"type": "object"}})


def describe(operations: Iterable[Operation], with_token: bool) -> dict[str, Any]:
    """The whole document about these operations. In: whether the server has a control token."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, with_token)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mock-idp control API",
            "version": "1",
            "summary": "Issuers, keys, tokens, faults, clocks and request logs of a mock identity provider.",
            "description": "For testing only. Errors are JSON with a code, a sentence and the offending field; "
            "a refused call has changed nothing. 400 is a call that is not as this document says, 409 one that is and "
            "contradicts what is there. A method that a path doesn't have is refused with 405.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"controlToken": []}] if with_token else [{}, {"controlToken": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": {name: _refusal(status, about) for status, (name, about) in _REFUSALS.items()},
            "securitySchemes": {
                "controlToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Needed when the server was started with a control token.",
                }
            },
        },
    }


def _operation(operation: Operation, with_token: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            **{
                str(status): {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"}
                for status in operation.refusals(with_token)
            },
            **{str(status): _response(operation, status) for status in operation.responses},
        },
    }
    if operation.open_to_all:
        described["security"] = []
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
    described: dict[str, Any] = {"description": _PHRASES[status], "headers": _MARKER}
    content = {}
    schema = operation.responses[status]
    if schema is not None:
        content[JSON] = {"schema": schema}
    if operation.text is not None:
        content[operation.text] = {"schema": {"type": "string"}}
    if content:
        described["content"] = content
    return described


def _refusal(status: int, about: str) -> dict[str, Any]:
    headers: dict[str, Any] = dict(_MARKER)
    if status == 401:
        headers["WWW-Authenticate"] = {"required": True, "schema": {"type": "string"}}
    if status == 405:
        headers["Allow"] = {"required": True, "schema": {"type": "string"}}
    return {"description": about, "headers": headers, "content": {JSON: {"schema": ref("Error")}}}
