"""Token exchange (RFC 8693): a token for another one, for somebody else or in somebody's name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, UserGrant
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.grants.token_types import ACCESS_TOKEN, ID_TOKEN, JWT
from mock_idp.oauth.own_tokens import OwnToken, own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope
from mock_idp.oauth.token_response import token_document, token_response
from mock_idp.oauth.user_tokens import access_token
from mock_idp.settings import ClientSettings, UserSettings
from mock_idp.vendors.grant_types import ID_JAG, TOKEN_EXCHANGE


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """An access token about the subject, with `act` for the actor (section 4.1); `scope` can only take away."""
    vendor, asked = request.issuer.vendor, request.with_form(form, client.id)
    refused = vendor.refuse_exchange(asked, client.public, None)
    if refused is not None:
        return refused
    subject = _token(request, form, "subject_token")
    refused = vendor.refuse_exchange(asked, client.public, subject.claims)
    if refused is not None:
        return refused
    audience = granted_audience(request, client, form)
    if vendor.exchange_in_session:
        from mock_idp.oauth.grants.exchange_in_session import exchanged

        return exchanged(request, client, form, subject, audience)
    if vendor.identity_grants and form.get("requested_token_type") == ID_JAG:
        from mock_idp.oauth.grants.id_jag import issued

        return issued(request, client, form, subject)
    more = _act(_token(request, form, "actor_token")) if "actor_token" in form else {}
    wanted = form.get("requested_token_type", ACCESS_TOKEN)
    if wanted not in (ACCESS_TOKEN, JWT):
        raise OAuthError("unsupported_token_type", wanted)
    scope = granted_scope(request, client, form) if "scope" in form else subject.scope
    for word in scope:
        if subject.scope and word not in subject.scope:
            raise OAuthError("scope_not_allowed", word)
    name = str(subject.claims.get("sub", ""))
    granted = UserGrant(
        client_id=client.id,
        user=subject.user(request.issuer) or UserSettings(name, subject=name, anonymous=True),
        scope=scope,
        audience=audience,
        auth_time=int(request.now),
        session_id=request.issuer.vendor.session_id(secrets.token_hex(16)),
        grant_type=TOKEN_EXCHANGE,
    )
    token = access_token(request, client, Family(granted), scope, more)
    return token_response(request, {**token_document(request, token, scope), "issued_token_type": wanted})


def _token(request: FlowRequest, form: Mapping[str, str], name: str) -> OwnToken:
    """The token of a request, which must be one of this issuer. Raises OAuthError."""
    for parameter in (name, f"{name}_type"):
        if parameter not in form:
            if request.issuer.vendor.reads_empty_values and has_empty(request.body, parameter):
                raise OAuthError("bad_subject_token", f"the {name} is empty")
            raise OAuthError("missing_parameter", parameter)
    if form[f"{name}_type"] not in (ACCESS_TOKEN, ID_TOKEN, JWT):
        raise OAuthError("unsupported_token_type", form[f"{name}_type"])
    token = own_token(request.issuer, form[name])
    if token is None:
        raise OAuthError("bad_subject_token", f"the {name} is not one of this issuer, has expired or was revoked")
    return token


def _act(actor: OwnToken) -> dict[str, Any]:
    """The claim `act`, with the actors before this one inside."""
    earlier = {"act": actor.claims["act"]} if "act" in actor.claims else {}
    return {"act": {"sub": actor.claims.get("sub"), **earlier}}
