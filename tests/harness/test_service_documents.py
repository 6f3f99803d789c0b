"""What a service says about itself is read by the case that needs it, and is an error of that case when it is junk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.errors import HarnessError
from harness.base.verdicts import ERROR, PASSED
from harness.cell.service_documents import MAX_ROUTES, count_items, item_id, openapi_routes
from harness.matrix.cell_runner import run_cell

NAMED = {"x-required-permission": "things:list"}
DEEP = b"[" * 100_000 + b"]" * 100_000
DIGITS = b"9" * 5000


def paths(**items: Any) -> bytes:
    return json.dumps({"paths": {f"/{name}": item for name, item in items.items()}}).encode()


def test_each_operation_that_names_its_permission_is_a_route() -> None:
    document = {
        "paths": {
            "x-note": 5,
            "/a/{id}": {"get": NAMED, "summary": "text", "parameters": [], "post": {}},
            "/b": {"delete": NAMED},
        }
    }
    first, second = openapi_routes(json.dumps(document).encode(), [])
    assert (first.method, first.path[:3], len(first.path), first.permission) == ("GET", "/a/", 39, "things:list")
    assert (second.method, second.path) == ("DELETE", "/b")


NO_OPENAPI = {
    "nothing": b"",
    "text": b"hello",
    "HTML": b"<html>",
    "not UTF-8": b'{"paths": "\xff"}',
    "list": b"[]",
    "number": b"5",
    "null": b"null",
    "no paths": b"{}",
    "paths null": b'{"paths": null}',
    "paths list": b'{"paths": [{"/a": {}}]}',
    "paths text": b'{"paths": "/a"}',
    "path item list": paths(a=[NAMED]),
    "path item text": paths(a="get"),
    "path item null": paths(a=None),
    "operation text": paths(a={"get": "x-required-permission"}),
    "operation list": paths(a={"get": [NAMED]}),
    "operation null": paths(a={"get": None}),
    "permission list": paths(a={"get": {"x-required-permission": ["a"]}}),
    "permission table": paths(a={"get": {"x-required-permission": {"a": 1}}}),
    "permission number": paths(a={"get": {"x-required-permission": 5}}),
    "permission with a line break": paths(a={"get": {"x-required-permission": "a\nb"}}),
    "permission half a character": paths(a={"get": {"x-required-permission": "\ud800"}}),
    "no permission": paths(a={"get": {}}),
    "no slash": b'{"paths": {"a": {}}}',
    "line break in a path": b'{"paths": {"/a\\r\\nX: y": {}}}',
    "half a character in a path": b'{"paths": {"/\\ud800": {}}}',
    "huge path": paths(**{"a" * 5000: {}}),
    "many braces": paths(**{"{" * 100_000: {}}),
    "nested": DEEP,
    "nested below": b'{"paths": {"/a": ' + DEEP + b"}}",
    "digits": b'{"paths": ' + DIGITS + b"}",
    "twice": b'{"paths": {"/a": {"get": {"x-required-permission": "a"}}}, "paths": {}}',
    "NaN": b'{"paths": NaN}',
    "too many": paths(**{f"a{number}": {"get": NAMED} for number in range(MAX_ROUTES + 1)}),
    "cut short": paths(a={"get": NAMED})[:-3],
}


@pytest.mark.parametrize("name", NO_OPENAPI)
def test_what_is_no_openapi_document_is_one_sentence(name: str) -> None:
    with pytest.raises(HarnessError) as caught:
        openapi_routes(NO_OPENAPI[name], [])
    said = str(caught.value)
    assert "the service's OpenAPI document" in said
    assert len(said) < 500
    assert said.isprintable()


@pytest.mark.parametrize("name", ["list", "operation text", "nested", "digits", "twice"])
def test_a_document_that_is_junk_costs_the_cell_that_needs_it(bench: Bench, name: str) -> None:
    """And no other."""

    def behave(call: Call) -> Answer:
        if call.path == "/api-docs/openapi.json":
            return Answer(200, NO_OPENAPI[name].decode("utf-8"))
        return honest(call)

    needs = steps('do = "send-to-routes", routes = "openapi", permissions = "own", expect = "accept"')
    with SmallService(behave) as service, bench.session(service) as session:
        result = run_cell(bench.cell(needs), session)
        after = run_cell(bench.cell('expect = "accept"\n'), session)
    assert result.verdict == ERROR
    assert "OpenAPI document" in result.reason
    assert "mistake" not in result.reason
    assert after.verdict == PASSED


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_document_that_is_not_there_is_told_as_such(bench: Bench, status: int) -> None:
    def behave(call: Call) -> Answer:
        return Answer(status, "[]") if call.path == "/api-docs/openapi.json" else honest(call)

    result = bench.judge(
        behave, steps('do = "send-to-routes", routes = "openapi", permissions = "own", expect = "accept"')
    )
    assert result.verdict == ERROR
    assert result.reason.startswith(f"HarnessError: GET /api-docs/openapi.json has no document to offer: {status}")


@pytest.mark.parametrize(
    ("value", "count"), [("[]", 0), ("[1, 2]", 2), ('{"a": 1}', 1), ("0", 0), ("12", 12), ("1000000000000000", 10**15)]
)
def test_resources_are_counted(value: str, count: int) -> None:
    assert count_items(f'{{"things": {value}}}'.encode(), "things") == count


@pytest.mark.parametrize(("value", "text"), [('"a-b_c.1~"', "a-b_c.1~"), ("17", "17"), ('"a/../b?c#d%"', None)])
def test_an_id_is_part_of_a_path(value: str, text: str | None) -> None:
    """One that a path can't hold as it stands is percent-encoded: it must not lead elsewhere."""
    assert item_id(f'{{"id": {value}}}'.encode(), "id") == (text or "a%2F..%2Fb%3Fc%23d%25")


ODD = {
    "text": b'"12"',
    "true": b"true",
    "null": b"null",
    "fraction": b"1.5",
    "infinite": b"1e400",
    "negative": b"-1",
    "huge": b"10000000000000000",
    "digits": DIGITS,
    "nested": DEEP,
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
}
NO_ID = {
    "true": b"true",
    "null": b"null",
    "fraction": b"1.5",
    "infinite": b"1e400",
    "list": b"[]",
    "table": b"{}",
    "empty": b'""',
    "blank": b'"a b"',
    "line break": b'"a\\r\\nX-A: b"',
    "half a character": b'"\\ud800"',
    "long": b'"' + b"a" * 201 + b'"',
    "digits": DIGITS,
    "many digits": b"9" * 300,
    "nested": DEEP,
    "NaN": b"NaN",
}


@pytest.mark.parametrize("document", [b"", b"[]", b"null", b"5", b'"things"', b"{}", b'{"things": [], "things": []}'])
@pytest.mark.parametrize("read", [count_items, item_id])
def test_a_document_without_the_member_is_one_sentence(read: Callable[[bytes, str], object], document: bytes) -> None:
    with pytest.raises(HarnessError, match=r"the (list of resources|created resource) "):
        read(document, "things")


@pytest.mark.parametrize(
    ("read", "value"),
    [*((count_items, value) for value in ODD.values()), *((item_id, value) for value in NO_ID.values())],
    ids=[*(f"count-{name}" for name in ODD), *(f"id-{name}" for name in NO_ID)],
)
def test_a_member_that_is_something_else_is_one_sentence(read: Callable[[bytes, str], object], value: bytes) -> None:
    with pytest.raises(HarnessError) as caught:
        read(b'{"things": ' + value + b"}", "things")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ODD)
def test_an_odd_count_of_resources_is_an_error_of_its_cell(bench: Bench, name: str) -> None:
    def behave(call: Call) -> Answer:
        answer = honest(call)
        return Answer(200, f'{{"things": {ODD[name].decode()}}}') if answer.status == 200 else answer

    result = bench.judge(behave, steps('do = "remember-resources"', 'do = "expect-same-resources"'))
    assert result.verdict == ERROR
    assert "the list of resources" in result.reason
    assert "mistake" not in result.reason
