"""A successful token response (RFC 6749 section 5.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.oauth.request import FlowRequest


def token_document(request: FlowRequest, token: str, scope: Sequence[str]) -> dict[str, Any]:
    """The members a vendor sends with an access token. In: the words of the granted scope.

    A scope has at least one word (section 3.3), so without one the member is not there.
    """
    document = request.issuer.vendor.token_response(request.context, token, " ".join(scope))
    if document.get("scope") == "":
        del document["scope"]
    return document


def token_response(request: FlowRequest, document: Mapping[str, Any]) -> Response:
    """The answer with these members and the vendor's headers."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return Response(200, request.issuer.vendor.token_headers(), body)
