"""Keycloak 26: realm paths, an encryption key beside the signing key, client roles mapped to a claim.

Sources: keycloak/keycloak KeyUtils.createKeyId, OIDCLoginProtocolService, AccessTokenContext; a live 26.7.1 server.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.providers import keycloak_discovery
from mock_idp.providers.base import Claims, KeyTimes, Place, RotationHabit, TokenRequest, audience_of, lifetime
from mock_idp.settings import KeySettings

_ACCOUNT_ROLES = {"account": {"roles": ["manage-account", "manage-account-links", "view-profile"]}}
# Strict-Transport-Security is left out: a browser that met it on localhost would refuse other local servers.
_SECURITY_HEADERS: Headers = (
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Robots-Tag", "none"),
)


class Keycloak:
    """A realm of a Keycloak server."""

    name = "keycloak"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 300
    default_client_id = "mock-client"
    rotation_habit: RotationHabit = "immediate"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "realm": {
            "type": "string",
            "pattern": "^[A-Za-z0-9._-]{1,64}$",
            "default": "tasker",
            "description": "The realm, part of the issuer and of every path.",
        },
        "aud": {
            "type": "string",
            "enum": ["string", "array", "absent"],
            "default": "string",
            "description": "The shape of aud: without an audience mapper it is absent, with several a list.",
        },
    }
    jwk_members: tuple[str, ...] = ("kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e")
    request_id_header: str | None = None
    accepts_json_token_requests = False

    def usual_keys(self) -> tuple[KeySettings, ...]:
        # The encryption key is published and never signs, which is what "previous" means.
        return KeySettings(state="current"), KeySettings(state="previous", algorithm="RS256", use="enc")

    def kid(self, key: KidSource) -> str:
        return kid.keycloak(key)

    def certificate_name(self, place: Place) -> str:
        return str(place.options["realm"])

    def issuer(self, place: Place) -> str:
        return place.base + self._realm(place.options)

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return self._realm(options) + "/protocol/openid-connect/certs"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        realm = self._realm(options)
        return f"{realm}/.well-known/openid-configuration", f"{realm}/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return self._realm(options) + "/protocol/openid-connect/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        return keycloak_discovery.document(self.issuer(place))

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Cache-Control", "no-cache"), ("Content-Type", "application/json"), *_SECURITY_HEADERS

    def discovery_headers(self, times: KeyTimes) -> Headers:
        caching = ("Cache-Control", "no-cache, must-revalidate, no-transform, no-store")
        return caching, ("Content-Type", "application/json"), *_SECURITY_HEADERS

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json"), *_SECURITY_HEADERS

    def request_id(self, number: int) -> str:
        return str(number)

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"alg": None, "typ": "JWT", "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        # trrtcc: transient session, regular token, client credentials; onrtac: online session, authorization code.
        kind = "trrtcc" if machine else "onrtac"
        who = client_id if machine else "user-1"
        # A service account keeps its id over restarts, so the id follows from the names.
        user_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place.options['realm']}/{who}"))
        claims: Claims = {"exp": exp, "iat": iat}
        if not machine:
            claims["auth_time"] = iat
        claims |= {"jti": f"{kind}:{uuid.uuid4()}", "iss": self.issuer(place)}
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
            "realm_access": {
                "roles": [f"default-roles-{place.options['realm']}", "offline_access", "uma_authorization"]
            },
            "resource_access": _client_roles(place, request) | _ACCOUNT_ROLES,
            "scope": "email profile",
        }
        claims |= _service_account(client_id) if machine else _person()
        claims[place.permissions_claim] = list(request.permissions)
        return claims

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        return {
            "access_token": token,
            "expires_in": place.token_lifetime_seconds,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": " ".join(["email", "profile", *scope.split()]),
        }

    def _realm(self, options: Mapping[str, Any]) -> str:
        return f"/realms/{options['realm']}"


def _audience(place: Place, request: TokenRequest) -> str | list[str] | None:
    if request.audience is not None or place.options["aud"] == "string":
        return audience_of(place, request)
    return [place.audience, "account"] if place.options["aud"] == "array" else None


def _client_roles(place: Place, request: TokenRequest) -> dict[str, dict[str, list[str]]]:
    # The roles belong to the client that stands for the API; the permissions claim repeats them through a mapper.
    return {place.audience: {"roles": list(request.permissions)}} if request.permissions else {}


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
