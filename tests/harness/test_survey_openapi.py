"""What an OpenAPI document says of operations, and that no odd one ends the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.base.errors import HarnessError
from harness.survey.openapi import Operation, read_operations

BEARER = [{"bearer": ["notes:read"]}]


def read(paths: dict[str, Any], **more: Any) -> list[Operation]:
    return read_operations(json.dumps({"openapi": "3.1.0", "paths": paths, **more}).encode())


def test_scopes_and_security_are_read() -> None:
    """Those of the operation, or of the whole document; an empty requirement means that none is needed."""
    paths = {"/notes": {"get": {"security": BEARER}}, "/open": {"get": {"security": []}}, "/all": {"get": {}}}
    found = {one.path: one for one in read(paths, security=[{"bearer": []}])}
    assert {path: (one.secured, one.permissions) for path, one in found.items()} == {
        "/notes": (True, ("notes:read",)),
        "/open": (False, ()),
        "/all": (True, ()),
    }


def test_a_route_that_only_reads_and_needs_no_id_comes_first() -> None:
    paths = {"/notes/{id}": {"get": {}}, "/notes": {"post": {}, "get": {}}}
    assert [f"{one.method} {one.path}" for one in read(paths)] == ["GET /notes", "GET /notes/{uuid}", "POST /notes"]


def test_what_needs_a_query_is_left_out() -> None:
    """Nobody knows which value would do. One in a header that is called Authorization is the token itself."""
    query = {"get": {"parameters": [{"in": "query", "name": "q", "required": True}]}}
    header = {"get": {"parameters": [{"in": "header", "name": "authorization", "required": True}]}}
    assert [(one.path, one.secured) for one in read({"/search": query, "/notes": header})] == [("/notes", True)]


def test_a_body_is_made_by_the_schema() -> None:
    """Its required members, also by reference, each of its type."""
    note = {
        "type": "object",
        "required": ["text", "kind", "count", "author"],
        "properties": {
            "text": {"type": "string"},
            "kind": {"enum": ["memo", "list"]},
            "count": {"type": "integer"},
            "author": {"anyOf": [{"$ref": "#/components/schemas/Author"}, {"type": "null"}]},
            "more": {"type": "string"},
        },
    }
    author = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "example": "Ada"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}}
    [operation] = read(
        {"/notes": {"post": {"requestBody": body}}}, components={"schemas": {"Note": note, "Author": author}}
    )
    assert json.loads(operation.body or "") == {
        "text": "idp-harness", "kind": "memo", "count": 1, "author": {"name": "Ada"},
    }  # fmt: skip


def test_a_schema_that_holds_itself_ends() -> None:
    node = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    [operation] = read({"/nodes": {"post": {"requestBody": body}}}, components={"schemas": {"Node": node}})
    assert (operation.body or "").startswith('{"next": {"next":')


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"paths": []}', b"<html>"])
def test_what_is_no_document_says_so(document: bytes) -> None:
    with pytest.raises(HarnessError):
        read_operations(document)


def test_what_is_no_operation_is_passed_over() -> None:
    assert read({"/a": 1, "b": {"get": {}}, "/c": {"get": 1}, "/d": {"head": {}}}) == []
