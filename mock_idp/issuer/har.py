"""The request log as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which browsers and proxies read.

Credentials are redacted, and the bodies of answers are not there: most of them would be tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mock_idp.http11.parameters import read_query
from mock_idp.http11.response import status_line
from mock_idp.issuer.redaction import redacted_headers, redacted_query
from mock_idp.issuer.request_log import RequestRecord

HTTP_VERSION = "HTTP/1.1"


def har(records: Iterable[RequestRecord], origin: str, version: str) -> dict[str, Any]:
    """A HAR document. In: the records, scheme and host before their paths, and the version of this program."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-idp", "version": version},
            "entries": [_entry(record, origin) for record in records],
        }
    }


def _entry(record: RequestRecord, origin: str) -> dict[str, Any]:
    milliseconds = round((record.took_seconds or 0) * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(record.at, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(record, origin),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_seq": record.seq,
        "_endpoint": record.endpoint,
        "_fault": record.fault,
        "_script": record.script,
    }


def _request(record: RequestRecord, origin: str) -> dict[str, Any]:
    shown = record.as_json()
    query = redacted_query(record.query)
    request = {
        "method": record.method,
        "url": f"{origin}{shown['path']}" + (f"?{query}" if query else ""),
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(redacted_headers(record.fields())),
        "queryString": _pairs(read_query(query)),
        "headersSize": -1,
        "bodySize": len(record.body),
    }
    if record.body:
        # `text` would hold the secrets again, and one of the two may be empty.
        form = shown["form"]
        assert isinstance(form, dict)
        media_type = record.fields().get("content-type", "")
        request["postData"] = {"mimeType": media_type, "params": _pairs(form), "text": ""}
    return request


def _response(record: RequestRecord) -> dict[str, Any]:
    headers = redacted_headers({name.lower(): value for name, value in record.response_headers})
    status = record.status or 0
    return {
        "status": status,
        "statusText": status_line(status).partition(" ")[2] if status else "",
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(headers),
        "content": {"size": record.response_bytes, "mimeType": headers.get("content-type", "")},
        "redirectURL": headers.get("location", ""),
        "headersSize": -1,
        "bodySize": record.response_bytes if status else -1,
    }


def _pairs(members: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in members.items()]
