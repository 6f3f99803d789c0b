"""The request log: what was fetched, and waiting for more of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.http11.parameters import read_query
from mock_idp.http11.schema_parts import MAYBE_TEXT, STRING, STRINGS, Json, closed, complete, list_of, never
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.request_log import RequestRecord
from mock_idp.jose.members import OTHERWISE
from mock_idp.vendors.context import ENDPOINTS

_UNIX_SECONDS: Json = {"type": "number", "minimum": 0, "maximum": 253_402_300_799}

REQUEST_SCHEMAS: dict[str, Json] = {
    "Request": complete(
        {
            "seq": {"type": "integer"},
            "at": {"type": "number"},
            "issuer": STRING,
            "endpoint": {"type": "string", "enum": list(ENDPOINTS)},
            "method": STRING,
            "path": STRING,
            "query": STRING,
            "headers": {"type": "object", "additionalProperties": STRING},
            "credentials": {**STRINGS, "description": "The headers that are credentials, by name or value."},
            "form": {
                "type": "object",
                "additionalProperties": STRING,
                "description": "The members of the body, secrets redacted.",
            },
            "client_id": {**MAYBE_TEXT, "description": "Who the client says it is."},
            "status": {"type": ["integer", "null"], "description": "null: not answered (yet)."},
            "fault": MAYBE_TEXT,
            "script": {**MAYBE_TEXT, "description": "The id of the scripted step that answered it."},
            "correlation_id": STRING,
        }
    ),
    "Requests": complete({"requests": list_of(ref("Request")), "last_seq": {"type": "integer"}}),
    "RequestsTimeout": complete(
        {
            "error": STRING,
            "error_description": STRING,
            "field": MAYBE_TEXT,
            "requests": list_of(ref("Request")),
            "last_seq": {"type": "integer"},
        }
    ),
    "ClockSpec": {
        **closed(
            {
                "offset_seconds": {
                    "type": "number",
                    "minimum": -3_155_760_000,
                    "maximum": 3_155_760_000,
                    "description": "How far the clock runs ahead of the wall clock.",
                },
                "at": {**_UNIX_SECONDS, "description": "Where the clock stands still."},
            }
        ),
        "dependentSchemas": {
            "offset_seconds": {
                "properties": {
                    "at": never("A clock stands still or runs ahead, not both; give at or offset_seconds."),
                }
            }
        },
    },
    "Clock": complete(
        {"offset_seconds": {"type": "number"}, "at": {"type": ["number", "null"]}, "now": {"type": "number"}}
    ),
}


_REQUESTS = "/_mock/issuers/{issuer_id}/requests"
_LONGEST = 20_000
_MEMBERS: dict[str, Any] = {
    "type": "string",
    "pattern": "[^&]",
    "maxLength": _LONGEST,
    OTHERWISE: "This must be members of a form, such as grant_type=client_credentials.",
}
SELECTION: dict[str, Any] = {
    "since": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**53,
        "default": 0,
        "description": "Only requests with a higher number.",
    },
    "endpoint": {"type": "string", "enum": list(ENDPOINTS)},
    "method": {"type": "string", "maxLength": 20, "description": "Only requests with this method."},
    "client_id": {"type": "string", "maxLength": 2000, "description": "Only those of the client that says so."},
    "form": {
        **_MEMBERS,
        "description": "Only requests whose body has these members, written as a form: grant_type=password&scope=a. "
        "Secrets can be asked for, too.",
    },
    "query": {
        **_MEMBERS,
        "description": "Only requests whose query has these members, written as a form.",
    },
    "contains": {
        "type": "string",
        "minLength": 1,
        "maxLength": 2000,
        "description": "Only requests in whose path, query, headers or body this text stands, shown or not.",
    },
}


def list_requests(call: Call) -> ControlResponse:
    """The log."""
    return ControlResponse(200, _document(call.issuer, selected(call)))


def selected(call: Call) -> list[RequestRecord]:
    """The records that the query parameters of `SELECTION` ask for."""
    return call.issuer.log.records(call.query["since"], call.query.get("endpoint"), _wanted(call.query))


def wait_for_requests(call: Call) -> ControlResponse:
    """The log once it holds enough, or 408."""
    count = call.query["count"]
    with call.state.waits.one():
        enough, records = call.issuer.log.wait_until(
            lambda seen: len(seen) >= count,
            call.query["timeout"],
            call.query["since"],
            call.query.get("endpoint"),
            _wanted(call.query),
        )
    document = _document(call.issuer, records)
    if enough:
        return ControlResponse(200, document)
    sentence = f"{len(records)} of {count} requests came within {call.query['timeout']:g} s."
    return ControlResponse(408, {"error": "timeout", "error_description": sentence, "field": None, **document})


def clear_requests(call: Call) -> ControlResponse:
    """Forget the log."""
    call.issuer.log.clear()
    return ControlResponse(204)


def _wanted(query: Mapping[str, Any]) -> Callable[[RequestRecord], bool]:
    method, client_id, contains = query.get("method"), query.get("client_id"), query.get("contains")
    form, in_query = (read_query(query.get(name, ""), _LONGEST) for name in ("form", "query"))

    def wanted(record: RequestRecord) -> bool:
        if method is not None and record.method != method.upper():
            return False
        if client_id is not None and record.client_id() != client_id:
            return False
        if contains is not None and not record.holds(contains):
            return False
        if in_query and not in_query.items() <= read_query(record.query).items():
            return False
        return not form or form.items() <= record.parameters().items()

    return wanted


def _document(issuer: Issuer, records: list[RequestRecord]) -> dict[str, Any]:
    return {"requests": [record.as_json() for record in records], "last_seq": issuer.log.last_seq}


OPERATIONS = (
    Operation(
        "GET",
        _REQUESTS,
        "listRequests",
        "What was fetched from this issuer, in the order of arrival.",
        list_requests,
        {200: ref("Requests")},
        query=SELECTION,
    ),
    Operation("DELETE", _REQUESTS, "clearRequests", "Forget the log; numbers go on.", clear_requests, {204: None}),
    Operation(
        "GET",
        _REQUESTS + "/wait",
        "waitForRequests",
        "Waits until `count` such requests have arrived; 408 when they have not after `timeout` seconds.",
        wait_for_requests,
        {200: ref("Requests"), 408: ref("RequestsTimeout")},
        query={
            **SELECTION,
            "count": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1},
            "timeout": {"type": "number", "minimum": 0, "maximum": 60, "default": 5.0},
        },
    ),
)
