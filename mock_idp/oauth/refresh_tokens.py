"""Refresh tokens (RFC 6749 section 1.5): made in the vendor's shape, kept by their digest."""

from __future__ import annotations

from collections.abc import Sequence

from mock_idp.issuer.flow_state import Family, RefreshToken
from mock_idp.issuer.store import digest
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import look_up, subject_of
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import RefreshTokenRequest
from mock_idp.vendors.problems import ENDED, EXPIRED, OTHER_CLIENT, USER_GONE

# A token that comes back late is told from one that never was.
_REMEMBERED_SECONDS = 86_400


def is_offline(family: Family) -> bool:
    """Whether the grant is to outlive the login (OpenID Connect Core section 11)."""
    return "offline_access" in family.grant.scope


def refresh_token(request: FlowRequest, family: Family, scope: Sequence[str]) -> str:
    """A fresh token of a grant, good for this scope."""
    vendor, state = request.issuer.vendor, request.issuer.flows
    grant, offline = family.grant, is_offline(family)
    seconds = vendor.offline_lifetime_seconds if offline else None
    until = request.now + (seconds or vendor.refresh_lifetime_seconds)
    text = vendor.refresh_token(
        RefreshTokenRequest(
            issuer=request.identifier,
            client_id=grant.client_id,
            session_id=grant.session_id,
            subject=subject_of(grant.user, vendor),
            scope=tuple(scope),
            issued_at=int(request.now),
            until=int(until),
            offline=offline,
            secret=state.secret,
            secret_kid=state.secret_kid,
        )
    )
    state.refresh_tokens.put(digest(text), RefreshToken(family, tuple(scope), until), until + _REMEMBERED_SECONDS)
    return text


def checked_refresh_token(request: FlowRequest, client: ClientSettings, text: str) -> RefreshToken:
    """The token with exactly this text, if it is the client's and good; that it was used before is not looked at.

    Raises OAuthError `bad_refresh_token`.
    """
    token = request.issuer.flows.refresh_tokens.get(digest(text), request.now)
    if token is None:
        raise OAuthError("bad_refresh_token", "it was not issued here, or has expired")
    if token.family.grant.client_id != client.id:
        raise OAuthError("bad_refresh_token", OTHER_CLIENT)
    if token.family.ended:
        raise OAuthError("bad_refresh_token", ENDED)
    if token.until <= request.now:
        raise OAuthError("bad_refresh_token", EXPIRED)
    if not look_up(request.issuer, token.family):
        raise OAuthError("bad_refresh_token", USER_GONE)
    return token
