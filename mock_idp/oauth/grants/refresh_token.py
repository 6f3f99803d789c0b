"""refresh_token (RFC 6749 section 6), with rotation and reuse detection (RFC 9700 section 4.14.2)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.answer import Answer
from mock_idp.oauth.clients import ClientSettings
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.flow_state import RefreshToken
from mock_idp.oauth.permits import unique
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.store import digest
from mock_idp.oauth.user_tokens import user_answer


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Answer:
    """Fresh tokens of the same grant, with the same scope or a part of it."""
    if "refresh_token" not in form:
        raise OAuthError("missing_parameter", "refresh_token")
    habit = request.issuer.settings.refresh or request.issuer.provider.flows.refresh
    token = _checked(request, client, form["refresh_token"])
    words = unique(form.get("scope", "").split())
    for word in words:
        if word not in token.scope:
            raise OAuthError("scope_not_allowed", word)
    with request.issuer.flows.lock:
        if token.spent:
            # Two hold this token, and one of them has stolen it: both lose what they have.
            token.family.ended = True
            raise OAuthError("bad_refresh_token", "it was used before; all tokens of its grant have ended")
        token.spent = habit == "rotate"
    # OpenID Connect Core section 12.2: the ID token of a refresh has no nonce.
    return user_answer(
        request,
        client,
        token.family,
        words or token.scope,
        refresh=habit != "keep",
        refresh_scope=token.scope,
    )


def _checked(request: FlowRequest, client: ClientSettings, text: str) -> RefreshToken:
    token = request.issuer.flows.refresh_tokens.get(digest(text), request.now)
    if token is None:
        raise OAuthError("bad_refresh_token", "it was not issued here, or has expired")
    if token.family.grant.client_id != client.id:
        raise OAuthError("bad_refresh_token", "it was issued to another client")
    if token.family.ended:
        raise OAuthError("bad_refresh_token", "its grant has ended")
    return token
