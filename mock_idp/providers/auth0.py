"""Auth0: trailing-slash issuer, `permissions` beside `scope`, next key published ahead.

Sources: Auth0 docs "Access Token Profiles", "Signing Keys", "OpenID Connect Discovery"; recorded answers of tenants.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem
from mock_idp.providers import auth0_discovery, auth0_errors
from mock_idp.providers.base import (
    Claims,
    KeyTimes,
    Origin,
    Place,
    RotationHabit,
    TokenRequest,
    audience_of,
    http_date,
    lifetime,
)
from mock_idp.providers.flows import ALL_GRANTS, JWT_BEARER, PASSWORD_REALM, Flows
from mock_idp.providers.hooks import always, nothing_more
from mock_idp.settings import KeySettings


class Auth0:
    """An Auth0 tenant."""

    name = "auth0"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 86_400
    default_client_id = "mockIdpClient0000000000000000001"
    rotation_habit: RotationHabit = "prepublished"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "token_dialect": {
            "type": "string",
            "enum": ["access_token_authz", "access_token", "rfc9068_profile", "rfc9068_profile_authz"],
            "default": "access_token_authz",
            "description": "The token profile of the API; those in _authz have the claim permissions (RBAC).",
        },
        "default_audience": {
            "type": "boolean",
            "default": True,
            "description": "Whether the tenant has a default audience; without one a request has to name the API.",
        },
    }
    jwk_members: tuple[str, ...] = ("alg", "e", "kid", "kty", "n", "use", "x5c", "x5t")
    request_id_header: str | None = "X-Auth0-RequestId"
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = True
    flows = Flows(
        grants=(*(grant for grant in ALL_GRANTS if grant != JWT_BEARER), PASSWORD_REALM),
        needs_offline_access=always,
        userinfo_audience=True,
        resource_parameter=False,
        user_claims=nothing_more,
        device_page="{base}/activate",
        subject_of=lambda username: f"auth0|{hashlib.sha256(username.encode()).hexdigest()[:24]}",
        refuse_client=auth0_errors.without_audience,
        rate_limited=auth0_errors.rate_limited,
        opaque_token=lambda place, audience: _opaque(place, audience),
    )

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
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
        return auth0_discovery.document(place.base)

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return _headers(times, requests_per_window=20)

    def discovery_headers(self, times: KeyTimes) -> Headers:
        edge = (("CF-Ray", f"{int(times.now):016x}-FRA"), ("CF-Cache-Status", "MISS"))
        return *_headers(times, requests_per_window=300), *edge

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), *auth0_errors.HEADERS

    def request_id(self, number: int) -> str:
        return f"{number:020x}"

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"alg": None, "typ": "at+jwt" if _rfc9068(options) else "JWT", "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        subject = f"{client_id}@clients" if machine else "auth0|64b7f0c2a1d3e4f5a6b7c8d9"
        rfc9068 = _rfc9068(place.options)
        claims: Claims = {
            "iss": self.issuer(place),
            "sub": request.subject if request.subject is not None else subject,
            "aud": audience_of(place, request),
            "iat": iat,
            "exp": exp,
        }
        if request.permissions:
            claims["scope"] = " ".join(request.permissions)
        if not rfc9068:
            claims |= {"gty": "client-credentials"} if machine else _grants(request.origin)
        if rfc9068:
            claims |= {"jti": secrets.token_urlsafe(16), "client_id": client_id}
        else:
            claims["azp"] = client_id
        if place.options["token_dialect"].endswith("_authz"):
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

    def token_error(self, problem: Problem) -> Answer:
        return auth0_errors.token_error(problem)


def _grants(origin: Origin) -> Claims:
    """The claim `gty` of a user's token, latest grant first; a login in a browser is not named."""
    named = [grant for grant in reversed(origin.grants) if grant in ("password", "refresh_token")]
    if not named:
        return {}
    return {"gty": named[0] if len(named) == 1 else named}


def _rfc9068(options: Mapping[str, Any]) -> bool:
    return bool(options["token_dialect"].startswith("rfc9068"))


def _opaque(place: Place, audience: str | None) -> bool:
    # Without an API the token is for /userinfo alone.
    return audience is None and not place.options["default_audience"]


def _headers(times: KeyTimes, requests_per_window: int) -> Headers:
    return (
        ("Content-Type", "application/json; charset=utf-8"),
        ("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Credentials", "false"),
        ("Access-Control-Expose-Headers", "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"),
        ("Last-Modified", http_date(times.changed_at)),
        ("Vary", "Accept-Encoding, Origin, Accept-Encoding"),
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-RateLimit-Limit", str(requests_per_window)),
        ("X-RateLimit-Remaining", str(requests_per_window - 1)),
        ("X-RateLimit-Reset", str(int(times.now) + 1)),
        ("Server", "cloudflare"),
    )
