"""Tokens for a user: the access token in the vendor's shape, and the token response with all that belongs to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from mock_idp.answer import Answer
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.clients import ClientSettings, UserSettings
from mock_idp.oauth.flow_state import Family, IssuedToken, RefreshToken
from mock_idp.oauth.permits import IDENTITY_SCOPES, unique
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.store import digest
from mock_idp.oauth.users import STANDARD_CLAIMS, subject_of
from mock_idp.providers.base import Claims, TokenRequest


def user_answer(
    request: FlowRequest,
    client: ClientSettings,
    family: Family,
    scope: Sequence[str],
    *,
    nonce: str | None = None,
    refresh: bool = True,
    refresh_scope: Sequence[str] | None = None,
) -> Answer:
    """A token response (RFC 6749 section 5.1) with an ID token for the scope openid.

    With `refresh` a refresh token comes along where vendor, client and grant have one; `refresh_scope` is what it can
    be used for, the same scope unless said.
    Raises JoseError when nothing can be signed.
    """
    provider = request.issuer.provider
    token = access_token(request, client, family, scope)
    document = provider.token_response(request.place, token, " ".join(scope))
    if "scope" in document and scope:
        document["scope"] = " ".join(unique((*scope, *document["scope"].split())))
    if refresh and _may_refresh(request, client, family):
        lifetime = provider.flows.refresh_lifetime_seconds
        document["refresh_token"] = _refresh_token(request, family, refresh_scope or scope)
        if "refresh_expires_in" in document:
            document["refresh_expires_in"] = lifetime
    if "openid" in scope:
        from mock_idp.oauth.id_token import id_token

        document["id_token"] = id_token(request, client, family, scope, token, nonce)
    document = provider.flows.user_response(document, family.grant.session_id)
    return Answer(200, provider.token_headers(), json.dumps(document, separators=(",", ":")).encode())


def access_token(
    request: FlowRequest,
    client: ClientSettings,
    family: Family,
    scope: Sequence[str],
    more: Claims | None = None,
) -> str:
    """An access token for the user of a grant, with `more` claims set in it. Raises JoseError."""
    provider, place, grant, now = request.issuer.provider, request.place, family.grant, request.now
    permissions = unique((*(word for word in scope if word not in IDENTITY_SCOPES), *grant.user.roles, *client.roles))
    asked = TokenRequest(
        now=now,
        kind="user",
        subject=subject_of(grant.user, provider.flows),
        client_id=client.id,
        audience=_audience(request, family, scope),
        permissions=permissions,
    )
    usual = provider.claims(place, asked)
    spec = TokenSpec(
        permissions=permissions,
        subject=asked.subject,
        client_id=client.id,
        audience=_audience(request, family, scope),
        kind="user",
        # The vendor's usual user is somebody else.
        without=tuple(name for name in usual if name in STANDARD_CLAIMS and name not in _about(grant.user)),
        claims={
            **_claims_of_user(usual, family),
            **_scope_claim(usual, place.permissions_claim, provider.flows.scope_words(tuple(scope)), permissions),
            **client.claims,
            **(more or {}),
        },
    )
    opaque = provider.flows.opaque_token(place, family.grant.audience)
    token = (
        provider.flows.opaque_prefix + secrets.token_urlsafe(24) if opaque else request.issuer.mint(spec, place).token
    )
    until = int(now) + place.token_lifetime_seconds
    issued = IssuedToken(family, tuple(scope), int(now), until)
    request.issuer.flows.access_tokens.put(digest(token), issued, until)
    return token


def _audience(request: FlowRequest, family: Family, scope: Sequence[str]) -> str | tuple[str, ...] | None:
    provider, place = request.issuer.provider, request.place
    if not provider.flows.userinfo_audience or "openid" not in scope:
        return family.grant.audience
    return (family.grant.audience or place.audience, provider.discovery(place)["userinfo_endpoint"])


def _claims_of_user(usual: Claims, family: Family) -> Claims:
    """What differs from the vendor's usual user: profile claims that its tokens have, and all claims of our own."""
    grant = family.grant
    about = {"sid": grant.session_id, "auth_time": grant.auth_time, "username": grant.user.username}
    claims: Claims = {name: value for name, value in about.items() if name in usual}
    for name, value in _about(grant.user).items():
        if name in usual or name not in STANDARD_CLAIMS:
            claims[name] = value
    return claims


def _about(user: UserSettings) -> Mapping[str, Any]:
    return {"preferred_username": user.username, **user.claims}


def _scope_claim(usual: Claims, permissions_claim: str, scope: Sequence[str], permissions: Sequence[str]) -> Claims:
    """The claim that repeats the granted scope, in the shape the vendor gives it."""
    name = "scp" if "scp" in usual else "scope"
    words = unique((*scope, *permissions)) if name == permissions_claim else tuple(scope)
    if not words:
        return {}
    shape: Any = usual.get(name, "")
    return {name: list(words) if isinstance(shape, list) else " ".join(words)}


def _may_refresh(request: FlowRequest, client: ClientSettings, family: Family) -> bool:
    flows = request.issuer.provider.flows
    if "refresh_token" not in flows.grants:
        return False
    if client.grant_types is not None and "refresh_token" not in client.grant_types:
        return False
    return not flows.needs_offline_access or "offline_access" in family.grant.scope


def _refresh_token(request: FlowRequest, family: Family, scope: Sequence[str]) -> str:
    until = request.now + request.issuer.provider.flows.refresh_lifetime_seconds
    text = secrets.token_urlsafe(32)
    request.issuer.flows.refresh_tokens.put(digest(text), RefreshToken(family, tuple(scope), until), until)
    return text
