"""The JSON schemas of the request log, and of an issuer's clock."""

from __future__ import annotations

from mock_idp.control.operation import ref
from mock_idp.http11.schema_parts import MAYBE_TEXT, STRING, STRINGS, Json, closed, complete, list_of, never
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
            "credentials": {**STRINGS, "description": "The headers that were redacted."},
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
