"""What must hold for every answer of the mock, whatever was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .exchange import Answer
from .mutation import CHANGED
from .vendor_requests import SECRET, Memory, Request

_OAUTH = frozenset({"token", "introspect", "revoke", "device_authorization", "par"})
# What a vendor's refusal has beside or instead of `error`.
_FORMS: Mapping[str, tuple[frozenset[str], ...]] = {
    "auth0": (frozenset({"error"}), frozenset({"statusCode"})),
    "okta": (frozenset({"error", "error_description"}), frozenset({"errorCode", "errorSummary"})),
    "entra": (frozenset({"error", "error_codes", "trace_id", "correlation_id"}), frozenset({"error"})),
}


# What is refused before anybody looks for an endpoint, as nothing that follows would make sense.
_NO_REQUESTS = frozenset({400, 408, 413, 414, 431, 505})
# What granian refuses before the mock sees it.
GRANIAN_REFUSES = frozenset({400, 413, 414, 431})


def finding(style: str, endpoint: str, request: Request, answer: Answer, by_granian: bool = False) -> str | None:
    """What is wrong with an answer in a few words, the same for the same mistake; None when nothing is."""
    if by_granian and answer.status in GRANIAN_REFUSES and not answer.body and not answer.header("x-mock-idp"):
        return None
    if answer.status >= 500:
        kind = answer.body[:120].decode("latin-1")
        return f"{answer.status} at {endpoint}: {kind}"
    if [value for name, value in answer.headers if name == "x-mock-idp"] != ["testing-only"]:
        return f"no marker on a {answer.status} at {endpoint}"
    if any("\r" in value or "\n" in value or name == "x-injected" for name, value in answer.headers):
        return f"an injected header at {endpoint}"
    if answer.status in _NO_REQUESTS and answer.header("connection") == "close":
        return None
    if answer.status >= 400 and endpoint in _OAUTH and request.method == "POST":
        return _wrong_form(style, endpoint, answer)
    return None


def _wrong_form(style: str, endpoint: str, answer: Answer) -> str | None:
    if answer.body and "json" not in answer.header("content-type"):
        return f"a refusal of {style} at {endpoint} that is no JSON: {answer.status}"
    document = json_object(answer.body) if answer.body else {}
    if document is None:
        return f"a refusal of {style} at {endpoint} that is no JSON object: {answer.status}"
    forms = _FORMS.get(style, (frozenset({"error"}),))
    if document and not any(form <= document.keys() for form in forms):
        return f"a refusal of {style} at {endpoint} in another form: {sorted(document)}"
    return None


def shown_secret(log: bytes) -> str | None:
    """The part of a request log that shows a credential; None when there is none."""
    if SECRET.encode() not in log:
        return None
    for entry in json.loads(log)["requests"]:
        text = json.dumps(entry)
        at = text.find(SECRET)
        if at >= 0 and CHANGED not in entry["correlation_id"]:
            return text[max(0, at - 200) : at + 60]
    return None


def remember(memory: Memory, answer: Answer) -> None:
    """Keep what an answer hands out, the newest few of each kind."""
    document = json_object(answer.body) if answer.body[:1] == b"{" else None
    for name, kept in (
        ("access_token", memory.tokens),
        ("id_token", memory.tokens),
        ("refresh_token", memory.refresh_tokens),
        ("device_code", memory.device_codes),
        ("request_uri", memory.request_uris),
    ):
        if document and isinstance(document.get(name), str):
            _keep(kept, document[name])
    location = answer.header("location")
    if "code=" in location:
        _keep(memory.codes, location.partition("code=")[2].partition("&")[0])
    cookie = answer.header("set-cookie").partition(";")[0]
    if cookie:
        _keep(memory.cookies, cookie)


def json_object(body: bytes) -> dict[str, Any] | None:
    """The object that a body is; None for anything else."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _keep(kept: list[str], value: str) -> None:
    kept.append(value)
    del kept[:-5]
