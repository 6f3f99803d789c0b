"""The request log for tools that read HAR."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.requests import SELECTION, selected
from mock_idp.issuer.har import har


def show_har(call: Call) -> ControlResponse:
    """The log as HAR 1.2."""
    issuer = call.issuer
    return ControlResponse(200, har(selected(call), issuer.context.base.removesuffix(issuer.prefix), _version()))


def _version() -> str:
    try:
        return version("idp-harness")
    except PackageNotFoundError:
        return "unknown"  # Run from a folder that nobody installed.


OPERATIONS = (
    Operation(
        "GET",
        "/_mock/issuers/{issuer_id}/requests.har",
        "getRequestsHar",
        "The request log as HAR 1.2, credentials redacted, without the bodies of answers.",
        show_har,
        {200: ref("Har")},
        query=SELECTION,
    ),
)
