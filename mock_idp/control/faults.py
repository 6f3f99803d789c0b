"""Faults: plan, list, clear, let go on."""

from __future__ import annotations

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.plan_schemas import UNUSED
from mock_idp.errors import not_found
from mock_idp.http11.schema_parts import closed, list_of
from mock_idp.jose.errors import nearest
from mock_idp.plans.faults.registry import FAULTS

_FAULTS = "/_mock/issuers/{issuer_id}/faults"
_LIST = {200: closed({"faults": list_of(ref("Fault"))}, ["faults"])}


def list_faults(call: Call) -> ControlResponse:
    """The faults since the last clear, or those that no request has met as often as planned."""
    return _faults(call, unused=call.query["unused"] == "true")


def create_fault(call: Call) -> ControlResponse:
    """Plan a fault."""
    spec = dict(call.body)
    on, kind, times, when = spec.pop("on"), spec.pop("kind"), spec.pop("times", None), spec.pop("when", {})
    planned = call.issuer.faults.add(on, FAULTS[kind](**spec), times, when)
    return ControlResponse(201, planned.as_json())


def clear_faults(call: Call) -> ControlResponse:
    """Drop all faults."""
    call.issuer.faults.clear()
    return _faults(call)


def delete_fault(call: Call) -> ControlResponse:
    """Drop one fault."""
    faults, name = call.issuer.faults, call.path["fault"]
    if not faults.drop_one(name):
        known = [planned.id for planned in faults.planned()]
        raise not_found("unknown_fault", f"No fault {name!r} is planned. {nearest(name, known)}")
    return ControlResponse(204)


def release_faults(call: Call) -> ControlResponse:
    """Let what is held up go on."""
    call.issuer.faults.latch.release()
    return _faults(call)


def _faults(call: Call, unused: bool = False) -> ControlResponse:
    return ControlResponse(200, {"faults": [planned.as_json() for planned in call.issuer.faults.planned(unused)]})


OPERATIONS = (
    Operation(
        "GET",
        _FAULTS,
        "listFaults",
        "All faults since the last clear, oldest first.",
        list_faults,
        _LIST,
        query={"unused": UNUSED},
    ),
    Operation(
        "POST",
        _FAULTS,
        "createFault",
        "Show a fault on an endpoint, for a number of requests or until cleared. The oldest fault comes first.",
        create_fault,
        {201: ref("Fault")},
        body=ref("FaultSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation(
        "DELETE",
        _FAULTS,
        "clearFaults",
        "Drop all faults; requests that are held up get their usual answer.",
        clear_faults,
        _LIST,
    ),
    Operation(
        "DELETE",
        _FAULTS + "/{fault}",
        "deleteFault",
        "Drop one fault by its id; requests that it holds up already go on to wait.",
        delete_fault,
        {204: None},
    ),
    Operation(
        "POST",
        _FAULTS + "/release",
        "releaseFaults",
        "Give requests that are held up their usual answer; the faults stay.",
        release_faults,
        _LIST,
    ),
)
