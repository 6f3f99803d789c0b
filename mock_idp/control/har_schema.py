"""The JSON schemas of HAR 1.2 as far as the request log fills it (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

from mock_idp.http11.schema_parts import MAYBE_TEXT, STRING, Json, complete, list_of

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
