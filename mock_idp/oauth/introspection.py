"""Token introspection (RFC 7662)."""

from __future__ import annotations

from typing import Any

from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.store import digest
from mock_idp.jose.verification import read_jws
from mock_idp.oauth.client_authentication import authenticate
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty, read_form
from mock_idp.oauth.own_tokens import own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_endpoint import claimed_client_id
from mock_idp.oauth.users import look_up, subject_of


def respond(request: FlowRequest) -> Response:
    """What is known of a token, to a client that says who it is; `{"active": false}` of any that is not good."""
    vendor, form = request.issuer.vendor, dict[str, str]()
    try:
        form = read_form(request.content_type, request.body)
        client = authenticate(request, form, id_alone=vendor.id_alone_in_basic)
        refused = vendor.refuse_introspection(request.with_form(form, client.id), client.public)
        if refused is not None:
            return refused
        if "token" not in form and not (vendor.reads_empty_values and has_empty(request.body, "token")):
            raise OAuthError("missing_parameter", "token")
    except OAuthError as error:
        return request.refusal(error, form, claimed_client_id(request, form))
    asked = request.with_form(form, client.id)
    text = form.get("token", "")
    about = _refresh_token(request, text)
    is_refresh = about is not None
    about = about or _access_token(request, text)
    if about is None or not vendor.tells_of(asked, about, is_refresh):
        about = {"active": False}
    return json_response(200, about, vendor.introspection_headers)


def _access_token(request: FlowRequest, text: str) -> dict[str, Any] | None:
    token = own_token(request.issuer, text)
    if token is None:
        return None
    about: dict[str, Any] = {"active": True, **token.claims, "token_type": "Bearer"}
    if token.scope:
        about["scope"] = " ".join(token.scope)
    if token.client_id is not None:
        about["client_id"] = token.client_id
    if token.family is not None:
        about["username"] = token.family.grant.user.username
        about.setdefault("sub", subject_of(token.family.grant.user, request.issuer.vendor))
    return request.issuer.vendor.introspected(about, token.claims)


def _refresh_token(request: FlowRequest, text: str) -> dict[str, Any] | None:
    token = request.issuer.flows.refresh_tokens.get(digest(text), request.now)
    if token is None or not token.good(request.now) or not look_up(request.issuer, token.family):
        return None
    grant = token.family.grant
    if text.count(".") == 2:
        claims = read_jws(text).claims
        about = {"client_id": grant.client_id, "username": grant.user.username, "token_type": claims["typ"]}
        return request.issuer.vendor.introspected({**claims, **about, "active": True}, claims)
    return {
        "active": True,
        "iss": request.identifier,
        "client_id": grant.client_id,
        "username": grant.user.username,
        "sub": subject_of(grant.user, request.issuer.vendor),
        "scope": " ".join(token.scope),
        "exp": int(token.until),
        "token_type": "refresh_token",
    }
