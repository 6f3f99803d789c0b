"""Auth0: trailing-slash issuer, `permissions` beside `scope`, next key published ahead.

Sources: Auth0 docs "Access Token Profiles", "Signing Keys", "OpenID Connect Discovery"; recorded answers of tenants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

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


class Auth0:
    """An Auth0 tenant."""

    name = "auth0"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 86_400
    default_client_id = "mockIdpClient0000000000000000001"
    rotation_habit: RotationHabit = "prepublished"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "typ": {
            "type": "string",
            "enum": ["JWT", "at+jwt"],
            "default": "JWT",
            "description": "The header typ; at+jwt stands for an API with the RFC 9068 token profile.",
        },
    }
    jwk_members: tuple[str, ...] = ("alg", "e", "kid", "kty", "n", "use", "x5c", "x5t")
    request_id_header: str | None = "X-Auth0-RequestId"
    accepts_json_token_requests = True

    def usual_keys(self) -> tuple[KeySettings, ...]:
        return KeySettings(state="current"), KeySettings(state="next")

    def kid(self, key: KidSource) -> str:
        return kid.auth0(key)

    def certificate_name(self, place: Place) -> str:
        return urlsplit(place.base).hostname or "localhost"

    def issuer(self, place: Place) -> str:
        return place.base + "/"

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return "/.well-known/jwks.json"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return "/oauth/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        base = place.base
        return {
            "issuer": self.issuer(place),
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "device_authorization_endpoint": f"{base}/oauth/device/code",
            "userinfo_endpoint": f"{base}/userinfo",
            "mfa_challenge_endpoint": f"{base}/mfa/challenge",
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "registration_endpoint": f"{base}/oidc/register",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "scopes_supported": [
                *("openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname"),
                *("email", "email_verified", "picture", "created_at", "identities", "phone", "address"),
            ],
            "response_types_supported": [
                *("code", "token", "id_token", "code token", "code id_token"),
                *("token id_token", "code token id_token"),
            ],
            "code_challenge_methods_supported": ["S256", "plain"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": [
                *("client_secret_basic", "client_secret_post", "private_key_jwt"),
            ],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
            "claims_supported": [
                *("aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name"),
                *("iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub"),
            ],
            "request_uri_parameter_supported": False,
            "request_parameter_supported": False,
            "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
            "end_session_endpoint": f"{base}/oidc/logout",
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "global_token_revocation_endpoint": f"{base}/oauth/global-token-revocation/connection/{{connectionName}}",
            "global_token_revocation_endpoint_auth_methods_supported": ["global-token-revocation+jwt"],
            "dpop_signing_alg_values_supported": ["ES256"],
        }

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return self._headers(times, requests_per_window=20)

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return self._headers(times, requests_per_window=300)

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")

    def request_id(self, number: int) -> str:
        return f"{number:020x}"

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"alg": None, "typ": options["typ"], "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        subject = f"{client_id}@clients" if machine else "auth0|64b7f0c2a1d3e4f5a6b7c8d9"
        claims: Claims = {
            "iss": self.issuer(place),
            "sub": request.subject if request.subject is not None else subject,
            "aud": audience_of(place, request),
            "iat": iat,
            "exp": exp,
        }
        if request.permissions:
            claims["scope"] = " ".join(request.permissions)
        if machine:
            claims["gty"] = "client-credentials"
        claims["azp"] = client_id
        claims[place.permissions_claim] = list(request.permissions)
        return claims

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        granted = {"scope": scope} if scope else {}
        return {
            "access_token": token,
            **granted,
            "expires_in": place.token_lifetime_seconds,
            "token_type": "Bearer",
        }

    def _headers(self, times: KeyTimes, requests_per_window: int) -> Headers:
        # Strict-Transport-Security is left out: a browser that met it on localhost would refuse other local servers.
        return (
            ("Content-Type", "application/json; charset=utf-8"),
            ("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Credentials", "false"),
            ("Access-Control-Expose-Headers", "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"),
            ("Last-Modified", http_date(times.changed_at)),
            ("Vary", "Accept-Encoding, Origin, Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-RateLimit-Limit", str(requests_per_window)),
            ("X-RateLimit-Remaining", str(requests_per_window - 1)),
            ("X-RateLimit-Reset", str(int(times.now) + 1)),
        )
