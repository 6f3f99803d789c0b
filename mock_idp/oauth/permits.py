"""What a client may ask for: scopes and audiences, against what its issuer and its own settings say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mock_idp.oauth.clients import ClientSettings
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest

IDENTITY_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""The scopes of OpenID Connect Core sections 5.4 and 11, about a user and not an API: every client may ask for them."""


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """The words in their order, each once."""
    return tuple(dict.fromkeys(words))


def granted_scope(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the requested scope; of a declared client that asks for none, all that are its own.

    Raises OAuthError `missing_scope`, `unknown_scope`, `scope_not_allowed`.
    """
    words = unique(form.get("scope", "").split())
    if not words:
        if not client.anonymous and request.issuer.provider.flows.needs_scope:
            raise OAuthError("missing_scope")
        return client.scopes or ()
    known = request.issuer.settings.scopes
    for word in words:
        if word in IDENTITY_SCOPES:
            continue
        if known is not None and word not in known:
            raise OAuthError("unknown_scope", word)
        if client.scopes is not None and word not in client.scopes:
            raise OAuthError("scope_not_allowed", word)
    return words


def granted_audience(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> str | None:
    """The requested `audience` or `resource` (RFC 8707); else the client's first one, else None for the issuer's.

    Raises OAuthError `missing_audience`, `unknown_audience`, `audience_not_allowed`.
    """
    audience = form.get("audience") or form.get("resource")
    if audience is None:
        if client.audiences:
            return client.audiences[0]
        if not client.anonymous and request.issuer.provider.flows.needs_audience:
            raise OAuthError("missing_audience")
        return None
    known = request.issuer.settings.audiences
    if known is not None and audience not in known:
        raise OAuthError("unknown_audience", audience)
    if client.audiences is not None and audience not in client.audiences:
        raise OAuthError("audience_not_allowed", audience)
    return audience
