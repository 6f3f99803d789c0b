"""A request to one of an issuer's OAuth endpoints, and the refusal in its vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mock_idp.http11.response import Response
from mock_idp.issuer.issuer import Issuer
from mock_idp.oauth.errors import OAuthError
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

    def refusal(self, error: OAuthError, form: Mapping[str, str], client_id: str | None = None) -> Response:
        """The vendor's answer to this request, which has these parameters and is from who says to be this client."""
        request = self.with_form(form, client_id or form.get("client_id"))
        return self.issuer.vendor.token_error(Problem(error.kind, error.value, request))
