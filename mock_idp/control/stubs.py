"""Scripted answers: plan, list, clear."""

from __future__ import annotations

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.plan_schemas import UNUSED
from mock_idp.http11.schema_parts import closed, list_of
from mock_idp.plans.stubs.settings import stub_settings

_SCRIPT = "/_mock/issuers/{issuer_id}/script"
_LIST = {200: closed({"steps": list_of(ref("ScriptStep"))}, ["steps"])}


def list_script(call: Call) -> ControlResponse:
    """The steps since the last clear, or those that no request has met as often as planned."""
    return _steps(call, unused=call.query["unused"] == "true")


def create_step(call: Call) -> ControlResponse:
    """Plan a step."""
    return ControlResponse(201, call.issuer.stubs.add(stub_settings(call.body)).as_json())


def clear_script(call: Call) -> ControlResponse:
    """Drop all steps."""
    call.issuer.stubs.drop()
    return _steps(call)


def _steps(call: Call, unused: bool = False) -> ControlResponse:
    return ControlResponse(200, {"steps": [planned.as_json() for planned in call.issuer.stubs.planned(unused)]})


OPERATIONS = (
    Operation(
        "GET",
        _SCRIPT,
        "listScript",
        "All scripted answers since the last clear, oldest first.",
        list_script,
        _LIST,
        query={"unused": UNUSED},
    ),
    Operation(
        "POST",
        _SCRIPT,
        "createScriptStep",
        "Let the next requests of an endpoint get a response, a refusal, claims in their tokens, or the usual "
        "answer late. The oldest step that fits a request comes first; a fault distorts the scripted answer as it "
        "would the usual one.",
        create_step,
        {201: ref("ScriptStep")},
        body=ref("ScriptSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _SCRIPT, "clearScript", "Drop all scripted answers.", clear_script, _LIST),
)
