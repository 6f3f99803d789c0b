"""The clients that an issuer knows, however they came to be known."""

from __future__ import annotations

from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings


def find_client(request: FlowRequest, client_id: str, *, anew: bool = False) -> ClientSettings | None:
    """The client with this id: declared, registered by itself, known by a document, or anybody while none is declared.

    In: whether such a document is looked at anew. Raises OAuthError `bad_client_document`.
    """
    issuer, options = request.issuer, request.context.options
    vendor, clients = issuer.vendor, issuer.clients
    if client_id in clients.clients:
        return clients.clients[client_id]
    if vendor.registers_clients(options):
        registered = issuer.flows.registered.get(client_id, request.now)
        if registered is not None:
            return registered
    if vendor.client_documents(options) is not None and "://" in client_id:
        # Few clients have one, and it brings TLS with it.
        from mock_idp.oauth.client_documents import client_of_document, is_document_url

        if is_document_url(client_id):
            return client_of_document(request, client_id, anew=anew)
    return clients.client(client_id)


def known_client(request: FlowRequest, client_id: str) -> ClientSettings:
    """As `find_client`. Raises OAuthError `unknown_client`, `bad_client_document`."""
    client = find_client(request, client_id)
    if client is None:
        raise OAuthError("unknown_client", client_id)
    return client
