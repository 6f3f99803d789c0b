"""refresh_token (RFC 6749 section 6), with rotation and reuse detection (RFC 9700 section 4.14.2)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.refresh_tokens import checked_refresh_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_scope, resource_of_token, unique
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.settings import ClientSettings


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """Fresh tokens of the same grant, with the same scope or a part of it."""
    if "refresh_token" not in form:
        is_empty = request.issuer.vendor.reads_empty_values and has_empty(request.body, "refresh_token")
        raise OAuthError("bad_refresh_token") if is_empty else OAuthError("missing_parameter", "refresh_token")
    habit = request.issuer.settings.refresh or request.issuer.vendor.refresh
    token = checked_refresh_token(request, client, form["refresh_token"])
    scope = _scope(request, client, form, token.scope)
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
        scope,
        refresh=habit != "keep",
        refreshed=True,
        refresh_scope=token.scope,
        audience=audience,
    )


def _scope(
    request: FlowRequest, client: ClientSettings, form: Mapping[str, str], granted: tuple[str, ...]
) -> tuple[str, ...]:
    """What of the grant is asked for; all of it where nothing is. Raises OAuthError."""
    if request.issuer.vendor.refresh_narrows:
        # An empty scope is refused there.
        asked = granted_scope(request, client, form)
        kept = {*asked, "offline_access"}
        return tuple(word for word in granted if word in kept) if "scope" in form else granted
    words = unique(form.get("scope", "").split())
    for word in words:
        if word not in granted:
            raise OAuthError("scope_not_allowed", word)
    return words or granted
