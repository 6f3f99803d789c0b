"""Clients whose id is the URL of a document about them (draft-ietf-oauth-client-id-metadata-document, MCP 2025-11-25).

The document is what RFC 7591 says of a client, lies at exactly that URL, and names it.
"""

from __future__ import annotations

import re

from mock_idp.oauth.client_metadata import MetadataError, client_of_metadata, is_here
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.fetched_json import KEPT_SECONDS, fetched_object
from mock_idp.oauth.fetching import FetchError
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import FETCHED_URL, ClientSettings

_DOTS = re.compile(r"/\.\.?(/|$)")


def is_document_url(client_id: str) -> bool:
    """Whether an id is the URL of a document: https, or http on this machine, with a path without dot segments."""
    # Section 3: https, a path, no fragment, no user; a query may be there.
    match = re.fullmatch(FETCHED_URL, client_id)
    if match is None or match[3] in (None, "/") or _DOTS.search(match[3].partition("?")[0]):
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
    try:
        document = fetched_object(request, url)
    except FetchError as error:
        raise _bad(f"it {error}") from None
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
    flows.client_documents.put(url, client, request.now + KEPT_SECONDS)
    return client


def _bad(reason: str) -> OAuthError:
    return OAuthError("bad_client_document", reason)
