"""Token revocation (RFC 7009)."""

from __future__ import annotations

from mock_idp.http11.response import Response
from mock_idp.issuer.store import digest
from mock_idp.oauth.client_authentication import authenticate
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty, read_form, read_query
from mock_idp.oauth.own_tokens import OwnToken, own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_endpoint import claimed_client_id, other_origin
from mock_idp.settings import ClientSettings
from mock_idp.vendors.problems import OTHER_CLIENT


def respond(request: FlowRequest) -> Response:
    """200 also for a token nobody knows (section 2.2), a refusal for one of another client (section 2.1)."""
    vendor, form = request.issuer.vendor, dict[str, str]()
    try:
        client = None
        if vendor.revokes_for_anybody:
            form = read_query(request.query) | (read_form(request.content_type, request.body) if request.body else {})
        else:
            form = read_form(request.content_type, request.body, vendor.accepts_json_token_requests)
            client = authenticate(request, form, id_alone=vendor.id_alone_in_basic)
            refused = other_origin(request, client) or vendor.refuse_client_beside(request.with_form(form, client.id))
            if refused is not None:
                return refused.with_header("Cache-Control", None).with_header("Pragma", None)
        if "token" not in form and not (vendor.reads_empty_values and has_empty(request.body, "token")):
            raise OAuthError("missing_parameter", "token")
        text = form.get("token", "")
        token = own_token(request.issuer, text)
        refused = None if token is None else vendor.refuse_revocation(token.claims)
        if refused is not None:
            return refused
        known = _revoke_refresh_token(request, client, text) or _revoke_access_token(request, client, text, token)
    except OAuthError as error:
        return request.refusal(error, form, claimed_client_id(request, form))
    unknown = None if known else vendor.revoked_nothing()
    return unknown or Response(200, vendor.revoked_headers)


def _revoke_refresh_token(request: FlowRequest, client: ClientSettings | None, text: str) -> bool:
    """Whether it was a refresh token; all tokens of its grant end with it (section 2.1)."""
    token = request.issuer.flows.refresh_tokens.get(digest(text), request.now)
    if token is None:
        return False
    if client is not None and token.family.grant.client_id != client.id:
        raise OAuthError("bad_refresh_token", OTHER_CLIENT)
    if token.family.ended and client is not None:
        return False
    token.family.ended = True
    return True


def _revoke_access_token(
    request: FlowRequest, client: ClientSettings | None, text: str, token: OwnToken | None
) -> bool:
    if token is None:
        # One that its client has revoked before is no unknown one.
        return client is not None and request.issuer.flows.revoked.get(digest(text), request.now) is not None
    if client is None and token.family is not None:
        token.family.ended = True
        return True
    if client is not None and token.client_id not in (None, client.id):
        raise OAuthError("bad_refresh_token", OTHER_CLIENT)
    until = token.claims.get("exp", request.now + request.context.token_lifetime_seconds)
    request.issuer.flows.revoked.put(digest(text), True, until)
    if token.family is not None:
        request.issuer.flows.end_exchanged(token.family.grant.session_id, token.family.grant.client_id)
    return True
