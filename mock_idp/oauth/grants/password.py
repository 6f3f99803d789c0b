"""password (RFC 6749 section 4.3), which RFC 9700 section 2.4 says not to use, and vendors still have."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, UserGrant
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.oauth.users import checked_user
from mock_idp.settings import ClientSettings


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """Tokens for a user whose password the client has."""
    for name in ("username", "password"):
        if name not in form:
            if request.issuer.vendor.reads_empty_values and has_empty(request.body, name):
                raise OAuthError("wrong_user_or_password")
            raise OAuthError("missing_parameter", name)
    user = checked_user(request.issuer, form["username"], form["password"])
    if user is None:
        raise OAuthError("wrong_user_or_password")
    scope = granted_scope(request, client, form)
    granted = UserGrant(
        client_id=client.id,
        user=user,
        scope=scope,
        audience=granted_audience(request, client, form),
        auth_time=int(request.now),
        session_id=request.issuer.vendor.session_id(secrets.token_urlsafe(16)),
        grant_type="password",
    )
    return user_token_response(request, client, Family(granted), scope)
