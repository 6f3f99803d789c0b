"""Faults: plan, list, clear, let go on."""

from __future__ import annotations

from mock_idp.control.operation import Call, Operation, Reply, ref
from mock_idp.control.schemas import closed
from mock_idp.faults.registry import FAULTS

_FAULTS = "/_mock/issuers/{issuer_id}/faults"
_LIST = {200: closed({"faults": {"type": "array", "items": ref("Fault")}}, ["faults"])}


def list_faults(call: Call) -> Reply:
    """All faults since the last clear."""
    return Reply(200, {"faults": [planned.as_json() for planned in call.issuer.faults.planned()]})


def create_fault(call: Call) -> Reply:
    """Plan a fault."""
    spec = dict(call.body)
    on, kind, times = spec.pop("on"), spec.pop("kind"), spec.pop("times", None)
    planned = call.issuer.faults.add(on, FAULTS[kind](**spec), times)
    return Reply(201, planned.as_json())


def clear_faults(call: Call) -> Reply:
    """Drop all faults."""
    call.issuer.faults.clear()
    return list_faults(call)


def release_faults(call: Call) -> Reply:
    """Let what is held up go on."""
    call.issuer.faults.gate.release()
    return list_faults(call)


OPERATIONS = (
    Operation("GET", _FAULTS, "listFaults", "All faults since the last clear, oldest first.", list_faults, _LIST),
    Operation(
        "POST",
        _FAULTS,
        "createFault",
        "Show a fault on an endpoint, for a number of requests or until cleared. The oldest fault comes first.",
        create_fault,
        {201: ref("Fault")},
        body=ref("FaultSpec"),
        body_required=True,
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
        "POST",
        _FAULTS + "/release",
        "releaseFaults",
        "Give requests that are held up their usual answer; the faults stay.",
        release_faults,
        _LIST,
    ),
)
