"""refresh_token (RFC 6749 section 6), with rotation and reuse detection (RFC 9700 section 4.14.2)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.refresh_tokens import checked_refresh_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import resource_of_token, unique
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.settings import ClientSettings


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """Fresh tokens of the same grant, with the same scope or a part of it."""
    if "refresh_token" not in form:
        raise OAuthError("missing_parameter", "refresh_token")
    habit = request.issuer.settings.refresh or request.issuer.vendor.refresh
    token = checked_refresh_token(request, client, form["refresh_token"])
    words = unique(form.get("scope", "").split())
    for word in words:
        if word not in token.scope:
            raise OAuthError("scope_not_allowed", word)
    # A request that is refused uses nothing up.
    audience = resource_of_token(request, client, form, token.family.grant.audience)
    with request.issuer.flows.lock:
        if token.spent:
            # Two hold this token, and one of them has stolen it: both lose what they have.
            token.family.ended = True
            raise OAuthError("bad_refresh_token", "it was used before; all tokens of its grant have ended")
        token.spent = habit == "rotate"
    # OpenID Connect Core section 12.2: the ID token of a refresh has no nonce.
    return user_token_response(
        request,
        client,
        token.family,
        words or token.scope,
        refresh=habit != "keep",
        refreshed=True,
        refresh_scope=token.scope,
        audience=audience,
    )
