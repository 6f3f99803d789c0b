"""Dynamic client registration (RFC 7591): a client says what it is, and gets an id, and a secret where it wants one."""

from __future__ import annotations

import json
import secrets
from typing import Any

from mock_idp.http11.response import Response, json_response
from mock_idp.oauth.client_metadata import MetadataError, client_of_metadata
from mock_idp.oauth.request import FlowRequest

_NOT_CACHED = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_FOR_GOOD = float("inf")


def respond(request: FlowRequest) -> Response:
    """201 with what was registered (section 3.2.1), or 400 with the error of section 3.2.2."""
    try:
        metadata = _metadata(request)
        client_id = secrets.token_urlsafe(16)
        client, registered = client_of_metadata(request, client_id, metadata, secrets.token_urlsafe(32))
    except MetadataError as error:
        return json_response(400, {"error": error.code, "error_description": str(error)}, _NOT_CACHED)
    request.issuer.flows.registered.put(client_id, client, _FOR_GOOD)
    # Zero stands for a secret that doesn't expire.
    secret = {"client_secret": client.secret, "client_secret_expires_at": 0} if client.secret is not None else {}
    document = {"client_id": client_id, "client_id_issued_at": int(request.now), **secret, **registered}
    return json_response(201, document, _NOT_CACHED)


def _metadata(request: FlowRequest) -> dict[str, Any]:
    media_type = request.content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MetadataError("invalid_client_metadata", "The Content-Type must be application/json.")
    try:
        document = json.loads(request.body)
        # A lone surrogate is legal in JSON as an escape, but no text that could be compared or sent.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise MetadataError("invalid_client_metadata", "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise MetadataError("invalid_client_metadata", "The body must be a JSON object.")
    return {name: value for name, value in document.items() if value is not None}
