"""What an issuer answers as its vendor would: a document, a flow, or that it serves nothing of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_idp.errors import MockIdpError
from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.documents import discovery_of
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.errors import JoseError
from mock_idp.server.media_type import negotiate, not_acceptable
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.routes import FLOW_METHODS

if TYPE_CHECKING:
    from mock_idp.oauth.request import FlowRequest

METHODS = {"jwks": ("GET", "HEAD"), "discovery": ("GET", "HEAD"), "token": ("POST",), **FLOW_METHODS}
"""The methods that each endpoint takes."""


def vendor_response(
    issuer: Issuer,
    endpoint: str,
    request: IssuerRequest,
    claims: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> Response:
    """The answer of an endpoint, with these claims in its tokens in place of others of their name, and these changes.

    Raises MockIdpError: 404 for a path with nothing behind it, 503 where nothing can be signed.
    """
    endpoint = issuer.vendor.endpoint_of(endpoint, request.method)
    methods = METHODS.get(endpoint, ())
    if request.method == "HEAD" and "GET" in methods and issuer.vendor.head_everywhere:
        # What is sent of the answer is decided where it is sent.
        request = replace(request, method="GET")
    if request.method not in methods:
        return _not_served(issuer, request, methods)
    if endpoint in ("jwks", "discovery"):
        refused = issuer.vendor.refuse_document(request.context)
        if refused is None and endpoint == "discovery":
            refused = not_acceptable(issuer, request.headers)
        if refused is not None:
            return refused
        return _document(issuer, endpoint, request)
    if claims or changes:
        context = replace(request.context, extra_claims=claims, token_changes=changes)
        request = replace(request, context=context)
    return _flow(endpoint, flow_request(issuer, request))


def flow_request(issuer: Issuer, request: IssuerRequest) -> FlowRequest:
    """The request as the flows read it, at the issuer's time now."""
    # Imported at the first token, with the forge behind it: keys are served without it.
    from mock_idp.oauth.request import FlowRequest

    return FlowRequest(**{**vars(request), "now": issuer.clock.now()}, issuer=issuer)


def _flow(endpoint: str, request: FlowRequest) -> Response:
    from mock_idp.oauth.endpoints import answer

    try:
        return answer(endpoint, request)
    except JoseError as error:
        # An issuer that was left without a signing key, for example.
        raise MockIdpError(503, error.code, error.sentence) from None


def _document(issuer: Issuer, endpoint: str, request: IssuerRequest) -> Response:
    now = issuer.clock.now()
    context, usual = request.context, issuer.context
    if endpoint == "discovery" and (context.base, context.back) != (usual.base, usual.back):
        context = replace(context, algorithm=issuer.algorithm)
        return discovery_of(issuer.vendor, context, now, request.path.removeprefix(issuer.prefix)).response(now)
    document = issuer.documents.get(request.path) or issuer.documents[endpoint]
    response = document.response(now)
    headers = [*response.headers]
    negotiate(headers, issuer, document, request.headers)
    return replace(response, headers=tuple(headers))


def _not_served(issuer: Issuer, request: IssuerRequest, methods: Sequence[str]) -> Response:
    """Raises MockIdpError 404."""
    in_its_words = issuer.vendor.not_served(request)
    if in_its_words is not None:
        return in_its_words
    if not request.known_path:
        raise MockIdpError(404, "not_found", f"Issuer {issuer.id!r} serves nothing at this path.")
    allowed = ", ".join(methods)
    error = MockIdpError(405, "method_not_allowed", f"This endpoint takes {allowed}.")
    return json_response(405, error.as_json(), (("Allow", allowed),))
