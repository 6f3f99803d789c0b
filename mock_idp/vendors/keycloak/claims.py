"""The claims of Keycloak's tokens, in the order of AccessTokenContext and its mappers."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from mock_idp.jose.encoding import b64url_encode
from mock_idp.vendors.context import (
    Claims,
    GrantOrigin,
    IdTokenRequest,
    IssuerContext,
    TokenRequest,
    audience_of,
    lifetime,
    with_permissions,
)
from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE

CLIENT_ID = "mock-client"
DEFAULT_SCOPES = ("email", "profile")
"""The client scopes about a user that each client of a fresh realm has, whatever it asks for."""
_UNSAID_SCOPES = frozenset({"acr", "basic", "organization", "roles", "service_account", "web-origins"})
MORE_SCOPES = _UNSAID_SCOPES | {"microprofile-jwt"}
"""Those that a fresh realm has beside the ones of OpenID Connect; most stand in no token."""
ID_TOKEN_ORDER = ("exp", "iat", "auth_time", "jti", "iss", "aud", "sub", "typ", "azp", "nonce", "sid", "at_hash", "acr")
_SHORTCUTS = {
    "authorization_code": "ac",
    "client_credentials": "cc",
    "password": "ro",
    "refresh_token": "rt",
    DEVICE_CODE: "dg",
    TOKEN_EXCHANGE: "te",
    JWT_BEARER: "ag",
}
_LIGHTWEIGHT = frozenset({"azp", "exp", "iat", "iss", "jti", "scope", "sid", "typ"})
_OF_ACCOUNT = ("email_verified", "preferred_username")
_FULL_SCOPE = frozenset({"realm_access", "resource_access"})
_ACCOUNT_ROLES = {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}}


def access_claims(context: IssuerContext, request: TokenRequest, issuer: str) -> Claims:
    """The claims of an access token of the realm, in Keycloak's order. In: the issuer identifier."""
    iat, exp = lifetime(context, request.now)
    client_id = request.client_id or CLIENT_ID
    machine = request.kind == "machine"
    user_id = account_id(context.options["realm"], client_id if machine else "user-1")
    claims: Claims = {"exp": exp, "iat": iat}
    if not machine and in_browser(request.origin.grants[0]):
        claims["auth_time"] = iat
    claims |= {"jti": f"{_context(context, request)}:{random_id()}", "iss": issuer}
    audience = _audience(context, request)
    if audience is not None:
        claims["aud"] = audience
    claims |= {
        "sub": request.subject if request.subject is not None else user_id,
        "typ": "Bearer",
        "azp": client_id,
    }
    if not machine and request.origin.grants[0] != "client_credentials":
        claims["sid"] = session_id(secrets.token_hex())
    claims |= {
        "acr": "1",
        "allowed-origins": ["/*"],
        "realm_access": {"roles": [f"default-roles-{context.options['realm']}", "offline_access", "uma_authorization"]},
        "resource_access": _resource_access(context, request),
        "scope": " ".join(scope_words(request.scope)),
    }
    claims |= service_account(client_id) if machine else _person()
    if "microprofile-jwt" in request.scope:
        claims |= {"upn": claims["preferred_username"], "groups": claims["realm_access"]["roles"]}
    if request.permissions or request.empty_permissions:
        # Its mapper writes nothing for who has no role.
        claims = with_permissions(claims, context, request)
    return _as_mapped(context, request, claims)


def random_id() -> str:
    """128 random bits in the dress of a UUID: no version and no variant, so that a strict parser takes it for none."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16)))


def session_id(login: str) -> str:
    """The session of a login, 24 characters."""
    return b64url_encode(sha256(login.encode()).digest()[:18])


def code(session: str) -> str:
    """An authorization code: its id, the session, and the id of the client."""
    return f"{random_id()}.{session}.{random_id()}"


def scope_words(scope: tuple[str, ...]) -> list[str]:
    """What tokens and answers say of a granted scope: openid first, then what is not given to everybody anyhow."""
    asked = [word for word in scope if word not in ("openid", *DEFAULT_SCOPES, *_UNSAID_SCOPES)]
    return [*(("openid",) if "openid" in scope else ()), *dict.fromkeys(asked), *DEFAULT_SCOPES]


def in_browser(grant_type: str) -> bool:
    """Whether the user of a login of this kind has seen the login page, which notes when that was."""
    return grant_type in ("authorization_code", DEVICE_CODE)


def user_claims(username: str, claims: Mapping[str, Any]) -> Claims:
    """What a realm says of each of its users; the full name is made of the other two."""
    names = [str(claims[name]) for name in ("given_name", "family_name") if name in claims]
    return {"email_verified": False, **({"name": " ".join(names)} if names else {}), "preferred_username": username}


def account_id(realm: str, who: str) -> str:
    """The `sub` of the user who stands for a client."""
    return lasting_id(f"{realm}/{who}")


def lasting_id(name: str) -> str:
    """The `sub` of an account, a UUID of version 4; it keeps it over restarts, so it follows from the name."""
    return str(uuid.UUID(bytes=sha256(name.encode()).digest()[:16], version=4))


def _context(context: IssuerContext, request: TokenRequest) -> str:
    """What the id of a token begins with: two letters each for session, token and grant (AccessTokenContext)."""
    token = "lt" if context.options["lightweight"] else "rt"
    if request.kind == "machine":
        return f"tr{token}cc"
    return f"{_session(request.origin)}{token}{_SHORTCUTS[request.origin.grants[-1]]}"


def _session(origin: GrantOrigin) -> str:
    if origin.grants[0] == "client_credentials":
        return "tr"
    # Of an offline session comes one that is gone with the token.
    return "ft" if origin.of_offline else "of" if origin.offline else "on"


def _audience(context: IssuerContext, request: TokenRequest) -> str | list[str] | None:
    if request.audience is not None or context.options["aud"] == "string":
        return audience_of(context, request)
    several: dict[str, str | list[str]] = {"array": [context.audience, "account"], "account": "account"}
    return several.get(context.options["aud"])


def audiences(context: IssuerContext) -> tuple[str, ...]:
    """Those that an exchange may ask for: what the tokens of the realm are for anyhow."""
    request = TokenRequest(now=0, kind="user")
    usual = _audience(context, request)
    return (usual,) if isinstance(usual, str) else tuple(usual or ())


def _resource_access(context: IssuerContext, request: TokenRequest) -> dict[str, dict[str, list[str]]]:
    roles = _client_roles(context, request) | _ACCOUNT_ROLES
    if request.audience is None or request.kind == "machine" or request.origin.grants[-1] != TOKEN_EXCHANGE:
        return roles
    # An exchange that names an audience asks for no more than its roles.
    return {name: each for name, each in roles.items() if name == request.audience}


def _client_roles(context: IssuerContext, request: TokenRequest) -> dict[str, dict[str, list[str]]]:
    # The roles belong to the client that stands for the API; the permissions claim repeats them through a mapper.
    return {context.audience: {"roles": list(request.permissions)}} if request.permissions else {}


def _as_mapped(context: IssuerContext, request: TokenRequest, claims: Claims) -> Claims:
    """The claims that are left without the mappers of a client scope."""
    without = set() if context.options["basic_scope"] else {"sub", "auth_time"}
    if context.options["aud"] == "string" and request.audience is None:
        # The API alone is the audience of a client without full scope, whose tokens name no roles.
        without |= _FULL_SCOPE
    if context.options["lightweight"]:
        # The permissions stay: their mapper says "add to lightweight access token", or no service could decide.
        kept = {*_LIGHTWEIGHT, context.permissions_claim, *(("sub",) if request.kind == "machine" else ())}
        without |= claims.keys() - kept
    return {name: value for name, value in claims.items() if name not in without}


def account_of_client(context: IssuerContext, client_id: str) -> Claims:
    """What userinfo says of the user who stands for a client."""
    account = service_account(client_id)
    return {"sub": account_id(context.options["realm"], client_id), **{name: account[name] for name in _OF_ACCOUNT}}


def service_account(client_id: str) -> Claims:
    """What tokens say of the user who stands for a client."""
    return {
        "clientHost": "127.0.0.1",
        "clientAddress": "127.0.0.1",
        "client_id": client_id,
        "email_verified": False,
        "preferred_username": f"service-account-{client_id}",
    }


def _person() -> Claims:
    return {
        "email_verified": True,
        "name": "Ursula User",
        "preferred_username": "user-1",
        "given_name": "Ursula",
        "family_name": "User",
        "email": "user@example.com",
    }


def id_token_claims(request: IdTokenRequest) -> Claims:
    """What its ID tokens have beside the claims of OpenID Connect Core section 2."""
    # A client that logs in by itself has no session.
    session = {"sid": request.session_id} if request.session_id else {}
    # And says where it is when it does so, not when it exchanges what it got.
    account = service_account(request.client_id) if request.grant_type == "client_credentials" else {}
    return {"jti": random_id(), "typ": "ID", "azp": request.client_id, **session, "acr": "1", **account}
