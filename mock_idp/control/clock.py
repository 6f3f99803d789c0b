"""The clock of an issuer."""

from __future__ import annotations

from mock_idp.control.operation import Call, ControlResponse, Operation, ref

_CLOCK = "/_mock/issuers/{issuer_id}/clock"


def get_clock(call: Call) -> ControlResponse:
    """What time it is."""
    return ControlResponse(200, call.issuer.clock.as_json())


def put_clock(call: Call) -> ControlResponse:
    """Set the clock; {} lets it follow the wall clock again."""
    if "at" in call.body:
        call.issuer.clock.stand_still(call.body["at"])
    else:
        call.issuer.clock.shift(call.body.get("offset_seconds", 0.0))
    return get_clock(call)


OPERATIONS = (
    Operation("GET", _CLOCK, "getClock", "The issuer's time.", get_clock, {200: ref("Clock")}),
    Operation(
        "PUT",
        _CLOCK,
        "putClock",
        "Shift the clock that iat and exp come from, or make it stand still; {} undoes both.",
        put_clock,
        {200: ref("Clock")},
        body=ref("ClockSpec"),
        body_required=True,
    ),
)
