"""Tokens for a user: the access token in the vendor's shape, and the token response with all that belongs to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, IssuedToken
from mock_idp.issuer.store import digest
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.form import read_form
from mock_idp.oauth.refresh_tokens import is_offline, refresh_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import claims_of_client, permissions_of, unique
from mock_idp.oauth.token_response import token_document, token_response
from mock_idp.oauth.users import STANDARD_CLAIMS, known_of, subject_of
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import Audience, Claims, GrantOrigin, TokenRequest, TokenResponseContext


def user_token_response(
    request: FlowRequest,
    client: ClientSettings,
    family: Family,
    scope: Sequence[str],
    *,
    nonce: str | None = None,
    refresh: bool = True,
    refresh_scope: Sequence[str] | None = None,
    refreshed: bool = False,
    audience: Audience | None = None,
) -> Response:
    """A token response (RFC 6749 section 5.1) with an ID token for the scope openid.

    With `refresh` a refresh token comes along where vendor, client and grant have one; `refresh_scope` is what it can
    be used for, the same scope unless said. `refreshed` says that the request had one. `audience` stands in for that of
    the grant.
    Raises JoseError when nothing can be signed.
    """
    vendor = request.issuer.vendor
    origin = GrantOrigin((family.grant.grant_type, *(("refresh_token",) if refreshed else ())), is_offline(family))
    token = access_token(request, client, family, scope, audience=audience, origin=origin)
    document = token_document(request, token, scope)
    if refresh and _may_refresh(request, client, family):
        document["refresh_token"] = refresh_token(request, family, refresh_scope or scope)
        if "refresh_expires_in" in document and not is_offline(family):
            document["refresh_expires_in"] = vendor.refresh_lifetime_seconds
    if "openid" in (refresh_scope or scope if vendor.refresh_narrows else scope):
        from mock_idp.oauth.id_token import id_token

        document["id_token"] = id_token(request, client, family, scope, token, nonce)
    about = TokenResponseContext(
        context=vendor.context_of_user(request.context, known_of(family.grant.user, vendor)),
        session_id=family.grant.session_id,
        scope=tuple(scope),
        subject=subject_of(family.grant.user, vendor),
        parameters=lambda: read_form(request.content_type, request.body, vendor.accepts_json_token_requests),
    )
    return token_response(request, vendor.user_response(document, about))


def access_token(
    request: FlowRequest,
    client: ClientSettings,
    family: Family,
    scope: Sequence[str],
    more: Claims | None = None,
    audience: Audience | None = None,
    origin: GrantOrigin | None = None,
) -> str:
    """An access token for the user of a grant, with `more` claims set in it, for the audience of the grant or another.

    Raises JoseError.
    """
    vendor, grant, now = request.issuer.vendor, family.grant, request.now
    known = known_of(grant.user, vendor)
    context = vendor.context_of_user(request.context, known)
    roles = (*grant.user.roles, *(client.roles if vendor.client_roles_for_users else ()))
    permissions = permissions_of(scope, roles, vendor)
    audience = audience or grant.audience
    origin = origin or GrantOrigin((grant.grant_type,), is_offline(family))
    about = {"preferred_username": grant.user.username, **known}
    wanted = _with_userinfo(request, audience, scope)
    asked = TokenRequest(
        now=now,
        kind="user",
        subject=subject_of(grant.user, vendor),
        client_id=client.id,
        audience=wanted,
        permissions=permissions,
        origin=origin,
    )
    usual = vendor.claims(context, asked)
    spec = TokenSpec(
        permissions=permissions or None,
        subject=asked.subject,
        client_id=client.id,
        audience=wanted,
        kind="user",
        # The vendor's usual user is somebody else.
        without=tuple(name for name in usual if name in STANDARD_CLAIMS and name not in about),
        claims={
            **_claims_of_user(usual, family, about),
            **_scope_claim(usual, context.permissions_claim, vendor.scope_words(tuple(scope)), permissions),
            **(vendor.signed_on_claims if grant.signed_on else {}),
            **vendor.step_up_claims(grant.step_up, "access_token"),
            **claims_of_client(request, client),
            **(more or {}),
        },
    )
    opaque = vendor.opaque_token(context, audience if isinstance(audience, str) else None)
    token = (
        vendor.opaque_prefix + secrets.token_urlsafe(24) if opaque else request.issuer.mint(spec, context, origin).token
    )
    until = int(now) + context.token_lifetime_seconds
    issued = IssuedToken(family, tuple(scope), int(now), until)
    request.issuer.flows.access_tokens.put(digest(token), issued, until)
    return token


def _with_userinfo(request: FlowRequest, audience: Audience | None, scope: Sequence[str]) -> Audience | None:
    vendor, context = request.issuer.vendor, request.context
    if not vendor.userinfo_audience or "openid" not in scope:
        return audience
    usual = audience or context.audience
    return (*((usual,) if isinstance(usual, str) else usual), vendor.discovery(context)["userinfo_endpoint"])


def _claims_of_user(usual: Claims, family: Family, known: Mapping[str, Any]) -> Claims:
    """What differs from the vendor's usual user: profile claims that its tokens have, and all claims of our own."""
    grant = family.grant
    about = {"sid": grant.session_id, "auth_time": grant.auth_time, "username": grant.user.username}
    claims: Claims = {name: value for name, value in about.items() if name in usual}
    for name, value in known.items():
        if name in usual or name not in STANDARD_CLAIMS:
            claims[name] = value
    return claims


def _scope_claim(usual: Claims, permissions_claim: str, scope: Sequence[str], permissions: Sequence[str]) -> Claims:
    """The claim that repeats the granted scope, in the shape the vendor gives it."""
    name = "scp" if "scp" in usual else "scope"
    words = unique((*scope, *permissions)) if name == permissions_claim else tuple(scope)
    if not words:
        return {}
    shape: Any = usual.get(name, "")
    return {name: list(words) if isinstance(shape, list) else " ".join(words)}


def _may_refresh(request: FlowRequest, client: ClientSettings, family: Family) -> bool:
    vendor = request.issuer.vendor
    if "refresh_token" not in vendor.grants:
        return False
    if client.grant_types is not None and "refresh_token" not in client.grant_types:
        return False
    return not vendor.needs_offline_access(request.context) or is_offline(family)
