"""The claims of Keycloak's tokens, in the order of AccessTokenContext and its mappers."""

from __future__ import annotations

import uuid

from mock_idp.providers.base import Claims, Place, TokenRequest, audience_of, lifetime
from mock_idp.providers.flows import IdTokenRequest

CLIENT_ID = "mock-client"
_LIGHTWEIGHT = frozenset({"azp", "exp", "iat", "iss", "jti", "scope", "sid", "typ"})
_ACCOUNT_ROLES = {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}}


def access_claims(place: Place, request: TokenRequest, issuer: str) -> Claims:
    """The claims of an access token of the realm, in Keycloak's order. In: the issuer identifier."""
    iat, exp = lifetime(place, request.now)
    client_id = request.client_id or CLIENT_ID
    machine = request.kind == "machine"
    # trrtcc: transient session, regular token, client credentials; onrtac: online session, authorization code.
    kind = "trrtcc" if machine else "onrtac"
    who = client_id if machine else "user-1"
    # A service account keeps its id over restarts, so the id follows from the names.
    user_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place.options['realm']}/{who}"))
    claims: Claims = {"exp": exp, "iat": iat}
    if not machine:
        claims["auth_time"] = iat
    claims |= {"jti": f"{kind}:{uuid.uuid4()}", "iss": issuer}
    audience = _audience(place, request)
    if audience is not None:
        claims["aud"] = audience
    claims |= {
        "sub": request.subject if request.subject is not None else user_id,
        "typ": "Bearer",
        "azp": client_id,
    }
    if not machine:
        claims["sid"] = str(uuid.uuid4())
    claims |= {
        "acr": "1",
        "allowed-origins": ["/*"],
        "realm_access": {"roles": [f"default-roles-{place.options['realm']}", "offline_access", "uma_authorization"]},
        "resource_access": _client_roles(place, request) | _ACCOUNT_ROLES,
        "scope": "email profile",
    }
    claims |= _service_account(client_id) if machine else _person()
    claims[place.permissions_claim] = list(request.permissions)
    return _as_mapped(place, claims)


def _audience(place: Place, request: TokenRequest) -> str | list[str] | None:
    if request.audience is not None or place.options["aud"] == "string":
        return audience_of(place, request)
    return [place.audience, "account"] if place.options["aud"] == "array" else None


def _client_roles(place: Place, request: TokenRequest) -> dict[str, dict[str, list[str]]]:
    # The roles belong to the client that stands for the API; the permissions claim repeats them through a mapper.
    return {place.audience: {"roles": list(request.permissions)}} if request.permissions else {}


def _as_mapped(place: Place, claims: Claims) -> Claims:
    """The claims that are left without the mappers of a client scope."""
    without = set() if place.options["basic_scope"] else {"sub", "auth_time"}
    if place.options["lightweight"]:
        # The permissions stay: their mapper says "add to lightweight access token", or no service could decide.
        without |= claims.keys() - {*_LIGHTWEIGHT, place.permissions_claim}
    return {name: value for name, value in claims.items() if name not in without}


def _service_account(client_id: str) -> Claims:
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
    return {
        "jti": str(uuid.uuid4()),
        "typ": "ID",
        "azp": request.client_id,
        "sid": request.session_id,
        "acr": "1",
    }
