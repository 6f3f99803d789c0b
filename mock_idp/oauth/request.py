"""A request to one of an issuer's OAuth endpoints, and the refusal in its vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_idp.http11.answer import Answer
from mock_idp.issuer.issuer import Issuer
from mock_idp.oauth.errors import OAuthError
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import IssuerContext, RequestFacts
from mock_idp.vendors.problems import Problem


@dataclass(frozen=True)
class FlowRequest:
    """One request. `context` is the issuer as its caller sees it; headers are empty text when absent.

    `path` is the path on this server, `query` the text behind the question mark. Nothing of it is in the repr but
    method and path, as the rest holds credentials.
    """

    issuer: Issuer = field(repr=False)
    context: IssuerContext = field(repr=False)
    method: str
    path: str
    query: str = field(repr=False)
    content_type: str = field(repr=False)
    authorization: str = field(repr=False)
    cookie: str = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def now(self) -> float:
        """The issuer's time in unix seconds."""
        return self.issuer.clock.now()

    @property
    def identifier(self) -> str:
        """The issuer identifier as its caller sees it."""
        return self.issuer.vendor.issuer(self.context)

    def client(self, client_id: str) -> ClientSettings:
        """The client with this id. Raises OAuthError `unknown_client`."""
        client = self.issuer.clients.client(client_id)
        if client is None:
            raise OAuthError("unknown_client", client_id)
        return client

    def problem(self, error: OAuthError, form: Mapping[str, str], client_id: str | None = None) -> Problem:
        """What is wrong with this request, which has these parameters."""
        return Problem(
            kind=error.kind,
            value=error.value,
            context=self.context,
            now=self.now,
            client_id=client_id or form.get("client_id"),
            grant_type=form.get("grant_type"),
            basic=self.authorization[:6].lower() == "basic ",
        )

    def facts(self, form: Mapping[str, str] | None = None, client_id: str | None = None) -> RequestFacts:
        """The request as its vendor judges it, with what has been read of it so far."""
        form = form or {}
        return RequestFacts(
            context=self.context,
            now=self.now,
            method=self.method,
            path=self.path,
            query=self.query,
            form=form,
            client_id=client_id,
            assertion="client_assertion" in form,
        )

    def refusal(self, error: OAuthError, form: Mapping[str, str], client_id: str | None = None) -> Answer:
        """The vendor's answer to this request, which has these parameters."""
        return self.issuer.vendor.token_error(self.problem(error, form, client_id))
