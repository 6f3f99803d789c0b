"""Issuers: list, make, show, forget, reset."""

from __future__ import annotations

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.views import issuer_settings, show_issuer
from mock_idp.http11.schema_parts import closed

_ONE = "/_mock/issuers/{issuer_id}"


def list_issuers(call: Call) -> ControlResponse:
    """All issuers, oldest first."""
    return ControlResponse(200, {"issuers": [show_issuer(issuer) for issuer in call.state.issuers()]})


def create_issuer(call: Call) -> ControlResponse:
    """A new issuer with paths below /i/<id>."""
    return ControlResponse(201, show_issuer(call.state.add(issuer_settings(call.body))))


def show(call: Call) -> ControlResponse:
    """One issuer."""
    return ControlResponse(200, show_issuer(call.issuer))


def delete_issuer(call: Call) -> ControlResponse:
    """Forget an issuer."""
    call.state.remove(call.path["issuer_id"])
    return ControlResponse(204)


def reset_issuer(call: Call) -> ControlResponse:
    """Back to the start."""
    call.issuer.reset()
    return ControlResponse(200, show_issuer(call.issuer))


OPERATIONS = (
    Operation(
        "GET",
        "/_mock/issuers",
        "listIssuers",
        "All issuers, oldest first.",
        list_issuers,
        {200: closed({"issuers": {"type": "array", "items": ref("Issuer")}}, ["issuers"])},
    ),
    Operation(
        "POST",
        "/_mock/issuers",
        "createIssuer",
        "Make an issuer with keys, faults, clock and request log of its own. Its paths begin with /i/<id>.",
        create_issuer,
        {201: ref("Issuer")},
        body=ref("IssuerSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("GET", _ONE, "getIssuer", "One issuer.", show, {200: ref("Issuer")}),
    Operation("DELETE", _ONE, "deleteIssuer", "Forget an issuer.", delete_issuer, {204: None}),
    Operation(
        "POST",
        _ONE + "/reset",
        "resetIssuer",
        "The keys of the start in their first states, no faults, no changes to the JWKS, wall clock, empty log.",
        reset_issuer,
        {200: ref("Issuer")},
    ),
)
