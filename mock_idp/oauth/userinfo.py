"""Userinfo (OpenID Connect Core section 5.3), with the errors of RFC 6750 section 3.1."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.store import digest
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form
from mock_idp.oauth.own_tokens import own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_endpoint import other_origin
from mock_idp.oauth.users import claims_of, known_of, person_of
from mock_idp.vendors.back_channel import UserinfoProblem
from mock_idp.vendors.context import IdTokenRequest

_NOT_GOOD = "The access token is not one of this issuer, has expired or was revoked."
_REFUSALS: Mapping[UserinfoProblem, tuple[int, str, str]] = {
    "bad": (401, "invalid_token", _NOT_GOOD),
    "ended": (401, "invalid_token", _NOT_GOOD),
    "scope": (403, "insufficient_scope", "The access token does not have the scope openid."),
    "nobody": (401, "invalid_token", "The access token is about nobody who is known here."),
}


def respond(request: FlowRequest) -> Response:
    """The claims about the user of an access token that has the scope openid."""
    vendor = request.issuer.vendor
    text = _token(request)
    if text is None:
        return _refused(request, "none")
    token = own_token(request.issuer, text)
    if token is not None and token.claims.get("typ") == "ID" and not vendor.userinfo_for_id_tokens:
        return _refused(request, "bad")
    if token is None:
        flows, key = request.issuer.flows, digest(text)
        issued = flows.access_tokens.get(key, request.now)
        is_over = issued is not None and issued.family.ended and not flows.revoked.get(key, request.now)
        return _refused(request, "ended" if is_over else "bad")
    client = request.issuer.clients.client(token.client_id) if token.client_id is not None else None
    refused = None if client is None else other_origin(request, client)
    if refused is not None:
        return refused
    if "openid" not in token.scope:
        return _refused(request, "scope")
    account = vendor.account_of_client(request.context, token.client_id or "") if token.family is None else None
    if account is not None and account["sub"] == token.claims.get("sub"):
        return json_response(200, account, vendor.userinfo_headers)
    user = token.user(request.issuer)
    if user is None:
        return _refused(request, "nobody")
    subject = person_of(user, vendor) if token.family is not None else vendor.person_of(str(token.claims.get("sub")))
    about = IdTokenRequest(
        client_id=token.client_id or "",
        session_id="" if token.family is None else token.family.grant.session_id,
        username=user.username,
        subject=subject,
        context=request.context,
        scope=token.scope,
        known=known_of(user, vendor),
        now=request.now,
    )
    said = vendor.userinfo({"sub": subject, **claims_of(user, token.scope, vendor)}, about)
    return json_response(200, said, vendor.userinfo_headers)


def _token(request: FlowRequest) -> str | None:
    """The token of the Authorization header, or of a form (RFC 6750 section 2)."""
    scheme, _, text = request.authorization.partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return text.strip()
    if request.method != "POST":
        return None
    try:
        return read_form(request.content_type, request.body).get("access_token")
    except OAuthError:
        return None


def _refused(request: FlowRequest, problem: UserinfoProblem) -> Response:
    in_its_words = request.issuer.vendor.refuse_userinfo(request.context, problem)
    if in_its_words is not None:
        return in_its_words
    if problem == "none":
        return Response(401, (("WWW-Authenticate", "Bearer"), ("Content-Type", "application/json")), b"{}")
    status, code, description = _REFUSALS[problem]
    challenge = f'Bearer error="{code}", error_description="{description}"'
    document = {"error": code, "error_description": description}
    return json_response(status, document, (("WWW-Authenticate", challenge), ("Cache-Control", "no-store")))
