"""The server as a whole: health, reset."""

from __future__ import annotations

from mock_idp.control.operation import HEALTH, Call, ControlResponse, Operation
from mock_idp.http11.schema_parts import closed


def health(call: Call) -> ControlResponse:
    """Ready: the WSGI layer answers for itself until then."""
    return ControlResponse(200, {"status": "ready", "issuers": len(call.state.issuers())})


def reset(call: Call) -> ControlResponse:
    """Everything back to the start."""
    call.state.reset()
    return ControlResponse(204)


OPERATIONS = (
    Operation(
        "GET",
        HEALTH,
        "getHealth",
        "200 once all keys of the start are there, 503 before.",
        health,
        {
            200: closed(
                {"status": {"type": "string", "enum": ["ready"]}, "issuers": {"type": "integer"}},
                ["status", "issuers"],
            ),
            503: closed({"status": {"type": "string", "enum": ["starting"]}}, ["status"]),
        },
    ),
    Operation(
        "POST",
        "/_mock/reset",
        "reset",
        "Issuers made since the start are gone, those of the start are as they were then.",
        reset,
        {204: None},
    ),
)
