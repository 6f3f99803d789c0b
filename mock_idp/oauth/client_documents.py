"""Clients whose id is the URL of a document about them (draft-ietf-oauth-client-id-metadata-document, MCP 2025-11-25).

The document is what RFC 7591 says of a client, lies at exactly that URL, and names it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mock_idp.oauth.client_metadata import MetadataError, client_of_metadata, is_here
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.fetching import FetchError, fetch
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings

MAX_BYTES = 64 * 1024
MAX_SECONDS = 5.0
_KEPT_SECONDS = 3600
# Section 3: https, a path, no fragment, no user; a query may be there.
_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[!$&-;=?-Z_a-z~%]*)")
_DOTS = re.compile(r"/\.\.?(/|$)")


def is_document_url(client_id: str) -> bool:
    """Whether an id is the URL of a document: https, or http on this machine, with a path without dot segments."""
    match = _URL.fullmatch(client_id)
    if match is None or match[3] == "/" or _DOTS.search(match[3].partition("?")[0]):
        return False
    return client_id.startswith("https://") or is_here(client_id)


def client_of_document(request: FlowRequest, url: str, *, anew: bool) -> ClientSettings:
    """The client with this URL as its id. In: whether the document is looked at anew, or as it was at the last login.

    Raises OAuthError `bad_client_document`.
    """
    flows = request.issuer.flows
    kept = None if anew else flows.client_documents.get(url, request.now)
    if kept is not None:
        return kept
    document = _document(request, url)
    if document.get("client_id") != url:
        raise _bad("its client_id is not the URL that it lies at")
    if "client_secret" in document or "client_secret_expires_at" in document:
        raise _bad("it has a secret, which everybody could read")
    if not document.get("redirect_uris"):
        raise _bad("it has no redirect_uris")
    try:
        client, _ = client_of_metadata(request, url, document, None)
    except MetadataError as error:
        raise _bad(str(error)) from None
    flows.client_documents.put(url, client, request.now + _KEPT_SECONDS)
    return client


def _document(request: FlowRequest, url: str) -> dict[str, Any]:
    places = request.issuer.vendor.client_documents(request.context.options)
    try:
        body = fetch(url, public=places == "public", most=MAX_BYTES, seconds=MAX_SECONDS)
    except FetchError as error:
        raise _bad(str(error)) from None
    try:
        document = json.loads(body)
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise _bad("it is not JSON") from None
    if not isinstance(document, dict):
        raise _bad("it is no JSON object")
    return {name: value for name, value in document.items() if value is not None}


def _bad(reason: str) -> OAuthError:
    return OAuthError("bad_client_document", reason)
