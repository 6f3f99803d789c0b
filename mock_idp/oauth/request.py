"""A request to one of an issuer's OAuth endpoints, and the refusal in its vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mock_idp.http11.response import Response
from mock_idp.issuer.issuer import Issuer
from mock_idp.oauth.errors import OAuthError
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.problems import Problem


@dataclass(frozen=True, kw_only=True)
class FlowRequest(IssuerRequest):
    """One request, with its issuer."""

    issuer: Issuer = field(repr=False)

    @property
    def cookie(self) -> str:
        """The Cookie header, empty when absent."""
        return self.header("cookie")

    @property
    def repeatable(self) -> str | None:
        """The parameter that may be given several times."""
        return "resource" if self.issuer.vendor.bound_resources else None

    @property
    def identifier(self) -> str:
        """The issuer identifier as its caller sees it."""
        return self.issuer.vendor.issuer(self.context)

    def with_form(self, form: Mapping[str, str], client_id: str | None = None) -> FlowRequest:
        """The request with its parameters, once they are read, and with its client, once that is known."""
        return replace(self, form=form, client_id=client_id)

    def find_client(self, client_id: str, *, anew: bool = False) -> ClientSettings | None:
        """The client with this id: declared, registered by itself, known by a document, or anybody while none is
        declared. In: whether such a document is looked at anew.

        Raises OAuthError `bad_client_document`.
        """
        vendor, clients, options = self.issuer.vendor, self.issuer.clients, self.context.options
        if client_id in clients.clients:
            return clients.clients[client_id]
        if vendor.registers_clients(options):
            registered = self.issuer.flows.registered.get(client_id, self.now)
            if registered is not None:
                return registered
        if vendor.client_documents(options) is not None and "://" in client_id:
            # Few clients have one, and it brings TLS with it.
            from mock_idp.oauth.client_documents import client_of_document, is_document_url

            if is_document_url(client_id):
                return client_of_document(self, client_id, anew=anew)
        return clients.client(client_id)

    def client(self, client_id: str) -> ClientSettings:
        """As `find_client`. Raises OAuthError `unknown_client`, `bad_client_document`."""
        client = self.find_client(client_id)
        if client is None:
            raise OAuthError("unknown_client", client_id)
        return client

    def refusal(self, error: OAuthError, form: Mapping[str, str], client_id: str | None = None) -> Response:
        """The vendor's answer to this request, which has these parameters and is from who says to be this client."""
        request = self.with_form(form, client_id or form.get("client_id"))
        return self.issuer.vendor.token_error(Problem(error.kind, error.value, request))
