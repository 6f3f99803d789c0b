"""How a vendor answers whatever is asked: methods and paths that it hasn't, headers of all answers, other origins."""

from __future__ import annotations

from mock_idp.http11.response import Response
from mock_idp.vendors.context import IssuerContext, IssuerRequest


class Wire:
    """The part of a vendor about requests as such; the defaults are those of RFC 9110 and the Fetch Standard."""

    request_id_header: str | None = None
    """The header with which it names a request."""
    head_everywhere = False
    """Whether HEAD is taken wherever GET is, at its endpoints as at its documents."""
    shared_endpoints: frozenset[str] = frozenset(
        {
            *("jwks", "discovery", "token", "userinfo", "introspect", "revoke", "device_authorization", "par"),
            *("account", "registration", "tokeninfo", "session", "session_refresh"),
        }
    )
    """The endpoints that scripts ask; browsers go to the others by themselves."""
    cors_credentials = False
    """Whether web pages of other origins may send credentials along."""
    cors_credentials_for_documents = False
    """Whether they are told so of documents, too, at which nobody looks at credentials."""
    cookie_endpoints: frozenset[str] = frozenset({"session", "session_refresh"})
    """The endpoints that pages ask with the cookie of the login, and with no name of a client."""
    cors_varies = True
    """Whether the answers to a page say that they vary with its origin."""

    def preflight(self, request: IssuerRequest, endpoint: str) -> Response | None:
        """The answer to a preflight, where it says something else than what the page wants to hear."""
        return None

    def endpoint_of(self, endpoint: str, method: str) -> str:
        """The endpoint that answers this method where another one answers the others."""
        return endpoint

    def not_served(self, request: IssuerRequest) -> Response | None:
        """The answer to a request at a path, or with a method, that the issuer doesn't serve."""
        return None

    def refuse_document(self, context: IssuerContext) -> Response | None:
        """The answer to a request for keys or discovery that is refused."""
        return None

    def not_acceptable(self, accept: str) -> Response | None:
        """The answer to a request for discovery whose `Accept` doesn't name JSON."""
        return None

    def dressed(self, request: IssuerRequest, endpoint: str, response: Response) -> Response:
        """Its answer to a request, with the headers that it gives to all answers of that kind."""
        return response

    def rate_limited(self, request: IssuerRequest) -> Response | None:
        """The answer to one request too many."""
        return None

    def request_id(self, number: int) -> str:
        """The value of `request_id_header` for the request with this number."""
        return str(number)
