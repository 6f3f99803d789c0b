"""Okta, a custom authorization server: `scp` array, `cid`, no `typ` in the header, no certificate in the JWK.

Sources: Okta docs "OpenID Connect & OAuth 2.0 API", "Key rotation", "Access token payload"; recorded answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.providers.base import (
    Claims,
    KeyTimes,
    Place,
    RotationHabit,
    TokenRequest,
    audience_of,
    http_date,
    lifetime,
)
from mock_idp.settings import KeySettings

# Okta rotates about four times a year; the JWKS may be cached until the next planned rotation.
_ROTATION_SECONDS = 90 * 86_400
_DISCOVERY_SECONDS = 86_400
_CLIENT_AUTHENTICATION = (
    *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
)


class Okta:
    """An Okta custom authorization server."""

    name = "okta"
    default_permissions_claim = "scp"
    default_token_lifetime_seconds = 3600
    default_client_id = "0oamockidpclient0001"
    rotation_habit: RotationHabit = "prepublished"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "authorization_server": {
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]{1,64}$",
            "default": "default",
            "description": "The id of the authorization server, the part of the issuer after /oauth2/.",
        },
    }
    jwk_members: tuple[str, ...] = ("kty", "alg", "kid", "use", "e", "n")
    request_id_header: str | None = "X-Okta-Request-Id"
    accepts_json_token_requests = False

    def usual_keys(self) -> tuple[KeySettings, ...]:
        return KeySettings(state="current"), KeySettings(state="next")

    def kid(self, key: KidSource) -> str:
        return kid.okta(key)

    def certificate_name(self, place: Place) -> str:
        return "okta"

    def issuer(self, place: Place) -> str:
        return place.base + self._path(place.options)

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return self._path(options) + "/v1/keys"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        path = self._path(options)
        return f"{path}/.well-known/openid-configuration", f"{path}/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return self._path(options) + "/v1/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        issuer = self.issuer(place)
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/v1/authorize",
            "token_endpoint": f"{issuer}/v1/token",
            "userinfo_endpoint": f"{issuer}/v1/userinfo",
            "registration_endpoint": f"{place.base}/oauth2/v1/clients",
            "jwks_uri": f"{issuer}/v1/keys",
            "response_types_supported": [
                *("code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"),
            ],
            "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
            "grant_types_supported": [
                *("authorization_code", "implicit", "refresh_token", "password"),
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [place.algorithm],
            "scopes_supported": [
                *("openid", "profile", "email", "address", "phone", "offline_access", "device_sso"),
            ],
            "token_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
            "claims_supported": [
                *("iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name"),
                *("nickname", "preferred_username", "given_name", "middle_name", "family_name", "email"),
                *("email_verified", "profile", "zoneinfo", "locale", "address", "phone_number", "picture"),
                *("website", "gender", "birthdate", "updated_at", "at_hash", "c_hash"),
            ],
            "code_challenge_methods_supported": ["S256"],
            "introspection_endpoint": f"{issuer}/v1/introspect",
            "introspection_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
            "revocation_endpoint": f"{issuer}/v1/revoke",
            "revocation_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
            "end_session_endpoint": f"{issuer}/v1/logout",
            "request_parameter_supported": True,
            "request_object_signing_alg_values_supported": [
                *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"),
            ],
            "device_authorization_endpoint": f"{issuer}/v1/device/authorize",
        }

    def jwks_headers(self, times: KeyTimes) -> Headers:
        since_rotation = (times.now - times.changed_at) % _ROTATION_SECONDS
        return _headers(times.now, _ROTATION_SECONDS - int(since_rotation))

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return _headers(times.now, _DISCOVERY_SECONDS)

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache")

    def request_id(self, number: int) -> str:
        return f"mockidp{number:020x}"

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"kid": None, "alg": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        subject = client_id if machine else "user@example.com"
        person = {} if machine else {"uid": "00umockidpuser000001"}
        claims: Claims = {
            "ver": 1,
            "jti": f"AT.{secrets.token_urlsafe(32)}",
            "iss": self.issuer(place),
            "aud": audience_of(place, request),
            "iat": iat,
            "exp": exp,
            "cid": client_id,
            **person,
            place.permissions_claim: list(request.permissions),
        }
        if not machine:
            claims["auth_time"] = iat
        claims["sub"] = request.subject if request.subject is not None else subject
        return claims

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        return {
            "token_type": "Bearer",
            "expires_in": place.token_lifetime_seconds,
            "access_token": token,
            "scope": scope,
        }

    def _path(self, options: Mapping[str, Any]) -> str:
        return f"/oauth2/{options['authorization_server']}"


def _headers(now: float, max_age: int) -> Headers:
    # Strict-Transport-Security is left out: a browser that met it on localhost would refuse other local servers.
    return (
        ("Content-Type", "application/json"),
        ("Cache-Control", f"max-age={max_age}, must-revalidate"),
        ("Expires", http_date(now + max_age)),
        ("Vary", "Origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "0"),
        ("P3P", 'CP="HONK"'),
    )
