"""A JSON document that a client has named by its URL: of itself, or of its keys."""

from __future__ import annotations

import json
from typing import Any

from mock_idp.oauth.fetching import FetchError, Places, fetch
from mock_idp.oauth.request import FlowRequest

MAX_BYTES = 64 * 1024
MAX_SECONDS = 5.0
KEPT_SECONDS = 3600


def fetched_object(request: FlowRequest, url: str, places: Places | None = None) -> dict[str, Any]:
    """The JSON object at a URL, without members that are null. In: from where it may come, where that is not only from
    where the issuer lets things of strangers lie.

    Raises FetchError.
    """
    places = places or request.issuer.vendor.client_documents(request.context.options)
    if places is None:
        raise FetchError("is asked by nobody here")
    body = fetch(url, places=places, most=MAX_BYTES, seconds=MAX_SECONDS)
    try:
        document = json.loads(body)
        # A lone surrogate is legal in JSON as an escape, but no text that could be compared or sent.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise FetchError("is not JSON") from None
    if not isinstance(document, dict):
        raise FetchError("is no JSON object")
    return {name: value for name, value in document.items() if value is not None}
