"""The request log for tools that read HAR."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.requests import SELECTION, selected
from mock_idp.http11.schema_parts import MAYBE_TEXT, STRING, Json, complete, list_of
from mock_idp.issuer.har import har

_SIZE: Json = {"type": "integer", "minimum": -1, "description": "In bytes; -1 is unknown."}
_MILLISECONDS: Json = {"type": "number", "minimum": 0}


def _object(optional: tuple[str, ...] = (), **members: Json) -> Json:
    return complete(members, optional)


_PAIR = _object(name=STRING, value=STRING)
_MESSAGE: Json = {
    "httpVersion": STRING,
    "cookies": {"type": "array", "maxItems": 0},
    "headers": list_of(_PAIR),
    "headersSize": _SIZE,
    "bodySize": _SIZE,
}
_REQUEST = _object(
    ("postData",),
    method=STRING,
    url=STRING,
    queryString=list_of(_PAIR),
    postData=_object(mimeType=STRING, params=list_of(_PAIR), text=STRING),
    **_MESSAGE,
)
_RESPONSE = _object(
    status={"type": "integer", "description": "0: not answered."},
    statusText=STRING,
    content=_object(size={"type": "integer", "minimum": 0}, mimeType=STRING),
    redirectURL=STRING,
    **_MESSAGE,
)

HAR_SCHEMAS: dict[str, Json] = {
    "HarEntry": _object(
        startedDateTime={"type": "string", "format": "date-time"},
        time=_MILLISECONDS,
        request=_REQUEST,
        response=_RESPONSE,
        cache=_object(),
        timings=_object(send=_MILLISECONDS, wait=_MILLISECONDS, receive=_MILLISECONDS),
        _seq={"type": "integer", "description": "The number in the request log."},
        _endpoint=STRING,
        _fault=MAYBE_TEXT,
        _script=MAYBE_TEXT,
    ),
    "Har": _object(
        log=_object(
            version={"type": "string", "enum": ["1.2"]},
            creator=_object(name=STRING, version=STRING),
            entries=list_of({"$ref": "#/components/schemas/HarEntry"}),
        )
    ),
}


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
