"""The token endpoint (RFC 6749 section 3.2): reads the request, knows the client, lets the grant answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mock_idp.http11.response import Response
from mock_idp.oauth.client_authentication import authenticate, read_credentials
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty, read_form, read_query
from mock_idp.oauth.grants import find_grant, own_grant
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings
from mock_idp.vendors.grant_types import JWT_BEARER


def respond(request: FlowRequest) -> Response:
    """The answer to a POST, refusals in the vendor's words. Raises JoseError when nothing can be signed."""
    vendor = request.issuer.vendor
    form: dict[str, str] = {}
    refused = vendor.refuse_request(request)
    if refused is not None:
        return refused
    try:
        form, repeated = _form(request)
        grant_type = form.get("grant_type")
        if grant_type is None and not (vendor.reads_empty_values and has_empty(request.body, "grant_type")):
            raise OAuthError("missing_grant_type")
        if grant_type is None or grant_type not in vendor.grants:
            raise OAuthError("unsupported_grant_type", grant_type or "")
        if grant_type in vendor.own_grants:
            return own_grant(vendor.own_grants[grant_type])(request, form)
        client = _client(request, form, grant_type)
        request = _with_changes(request, client)
        refused = other_origin(request, client)
        if refused is not None:
            return refused
        if repeated is not None:
            raise OAuthError("duplicate_parameter", repeated)
        refused = vendor.refuse_client(request.with_form(form, client.id))
        if refused is not None:
            return refused
        allowed = client.grant_types is None or grant_type in client.grant_types or grant_type in vendor.ungated_grants
        if not allowed:
            raise OAuthError("grant_not_allowed", grant_type)
        return find_grant(grant_type)(request, client, form)
    except OAuthError as error:
        return request.refusal(error, form, claimed_client_id(request, form))


def _with_changes(request: FlowRequest, client: ClientSettings) -> FlowRequest:
    """The request with the changes of its tokens: those of a stub, or else of the client, or else of the issuer."""
    changes = request.context.token_changes or client.token or request.issuer.settings.token
    return replace(request, context=replace(request.context, token_changes=changes)) if changes else request


def other_origin(request: FlowRequest, client: ClientSettings) -> Response | None:
    """The vendor's answer to a page whose origin is none of its client's."""
    origins = client.web_origins
    if origins is None or not request.has("origin") or {request.header("origin"), "*"} & {*origins}:
        return None
    return request.issuer.vendor.refuse_origin(request)


def _form(request: FlowRequest) -> tuple[dict[str, str], str | None]:
    """The parameters, and the name of one that is given twice where the vendor looks at that later."""
    vendor = request.issuer.vendor
    try:
        json_too, name = vendor.accepts_json_token_requests, request.repeatable
        return read_form(request.content_type, request.body, json_too, name), None
    except OAuthError as error:
        if error.kind != "duplicate_parameter" or not vendor.duplicates_last:
            raise
        return read_query(request.body.decode("utf-8"), first_only=True), error.value


def _client(request: FlowRequest, form: Mapping[str, str], grant_type: str) -> ClientSettings:
    if grant_type == JWT_BEARER and not request.authorization and not {"client_id", "client_assertion"} & form.keys():
        # RFC 7523 section 3.1: the assertion may say who the client is, too.
        from mock_idp.oauth.grants.jwt_bearer import client_of_grant

        return client_of_grant(request, form)
    return authenticate(request, form)


def claimed_client_id(request: FlowRequest, form: Mapping[str, str]) -> str | None:
    """Who the client says it is, for the words of a refusal."""
    try:
        first = request.issuer.vendor.form_credentials_first
        return read_credentials(request.authorization, form, form_first=first).client_id
    except OAuthError:
        return None
