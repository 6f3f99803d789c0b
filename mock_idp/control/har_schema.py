"""The JSON schemas of HAR 1.2 as far as the request log fills it (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_STRING: Json = {"type": "string"}
_SIZE: Json = {"type": "integer", "minimum": -1, "description": "In bytes; -1 is unknown."}
_MILLISECONDS: Json = {"type": "number", "minimum": 0}


def _object(optional: tuple[str, ...] = (), **members: Json) -> Json:
    required = [name for name in members if name not in optional]
    return {"type": "object", "additionalProperties": False, "properties": members, "required": required}


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


_PAIR = _object(name=_STRING, value=_STRING)
_MESSAGE: Json = {
    "httpVersion": _STRING,
    "cookies": {"type": "array", "maxItems": 0},
    "headers": _list(_PAIR),
    "headersSize": _SIZE,
    "bodySize": _SIZE,
}
_REQUEST = _object(
    ("postData",),
    method=_STRING,
    url=_STRING,
    queryString=_list(_PAIR),
    postData=_object(mimeType=_STRING, params=_list(_PAIR), text=_STRING),
    **_MESSAGE,
)
_RESPONSE = _object(
    status={"type": "integer", "description": "0: not answered."},
    statusText=_STRING,
    content=_object(size={"type": "integer", "minimum": 0}, mimeType=_STRING),
    redirectURL=_STRING,
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
        _endpoint=_STRING,
        _fault={"type": ["string", "null"]},
        _script={"type": ["string", "null"]},
    ),
    "Har": _object(
        log=_object(
            version={"type": "string", "enum": ["1.2"]},
            creator=_object(name=_STRING, version=_STRING),
            entries=_list({"$ref": "#/components/schemas/HarEntry"}),
        )
    ),
}
