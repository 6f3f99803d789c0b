"""Refusals that a stub asks for, in the words of the endpoint and its vendor."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.parameters import claimed_client_id, read_parameters
from mock_idp.http11.response import Response
from mock_idp.oauth.authorization_request import ShownError, read_request
from mock_idp.oauth.authorization_response import send_back
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest
from mock_idp.vendors.problems import ProblemKind

# What a vendor's sentence names, by the parameter that it comes from.
_NAMED: dict[ProblemKind, str] = {
    "unsupported_grant_type": "grant_type",
    "grant_not_allowed": "grant_type",
    "public_client": "grant_type",
    "unknown_client": "client_id",
    "unknown_scope": "scope",
    "scope_not_allowed": "scope",
    "unknown_audience": "audience",
    "audience_not_allowed": "audience",
}


def sent_back(request: FlowRequest, error: Mapping[str, str]) -> Response | None:
    """An error response of the authorization endpoint, with `state` (RFC 6749 section 4.1.2.1).

    None where the redirect URI cannot be trusted, so that there is no client to tell.
    """
    try:
        return send_back(request, read_request(request), dict(error))
    except ShownError:
        return None


def refused_by_vendor(request: FlowRequest, kind: ProblemKind) -> Response:
    """The vendor's answer to a request with this problem, whatever the request is like."""
    form = read_parameters(request.content_type, request.body)
    value = form.get(_NAMED.get(kind, ""), "scripted")
    return request.refusal(OAuthError(kind, value), form, claimed_client_id(form, request.authorization))
