"""Auth0: trailing-slash issuer, `permissions` beside `scope`, next key published ahead.

Sources: Auth0 docs "Access Token Profiles", "Signing Keys", "OpenID Connect Discovery"; recorded answers of tenants.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mock_idp.http11.response import Headers, Response
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.auth0 import discovery, errors
from mock_idp.vendors.base import Options, OptionSchemas, Vendor, http_date
from mock_idp.vendors.context import (
    Claims,
    GrantOrigin,
    IdTokenRequest,
    IssuerContext,
    IssuerRequest,
    KeyTimes,
    StepUp,
    TokenPlace,
    TokenRequest,
    audience_of,
    lifetime,
    with_permissions,
)
from mock_idp.vendors.grant_types import ALL_GRANTS, JWT_BEARER, PASSWORD_REALM
from mock_idp.vendors.people import email_of
from mock_idp.vendors.problems import Problem

_SEVERAL_FACTORS = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
# Of a profile that never changed; a date in text, where OpenID Connect has a number.
_UPDATED_AT = "2026-01-01T00:00:00.000Z"


class Auth0(Vendor):
    """An Auth0 tenant."""

    judged_by_default = True
    option_schemas: ClassVar[OptionSchemas] = {
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
    default_token_lifetime_seconds = 86_400
    default_client_id = "mockIdpClient0000000000000000001"

    rotation_habit = "prepublished"
    jwk_members = ("alg", "e", "kid", "kty", "n", "use", "x5c", "x5t")
    request_id_header = "X-Auth0-RequestId"

    grants = (*(grant for grant in ALL_GRANTS if grant != JWT_BEARER), PASSWORD_REALM)
    example_credentials = "json"
    accepts_json_token_requests = True
    resource_parameter = False
    response_modes = ("query", "fragment", "form_post", "web_message")
    more_paths: ClassVar[Mapping[str, str]] = {"/v2/logout": "end_session"}
    device_page = "{base}/activate"
    userinfo_audience = True
    access_token_hash = False
    id_token_lifetime_seconds = 36_000

    def issuer(self, context: IssuerContext) -> str:
        return context.base + "/"

    def token_path(self, options: Options) -> str:
        return "/oauth/token"

    def rate_limited(self, request: IssuerRequest) -> Response | None:
        return errors.rate_limited(request)

    def request_id(self, number: int) -> str:
        return f"{number:020x}"

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        return discovery.document(context.base)

    def posted_message(self, mode: str, parameters: Mapping[str, str]) -> Mapping[str, Any] | None:
        """What auth0-spa-js listens for in its iframe and its popup."""
        return {"type": "authorization_response", "response": parameters} if mode == "web_message" else None

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return _headers(times, requests_per_window=20)

    def discovery_headers(self, times: KeyTimes) -> Headers:
        edge = (("CF-Ray", f"{int(times.now):016x}-FRA"), ("CF-Cache-Status", "MISS"))
        return *_headers(times, requests_per_window=300), *edge

    def kid(self, key: KidSource) -> str:
        return kid.random21(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return urlsplit(context.base).hostname or "localhost"

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        return errors.without_audience(request)

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem)

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"alg": None, "typ": "at+jwt" if _rfc9068(options) else "JWT", "kid": None}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        subject = f"{client_id}@clients" if machine else "auth0|64b7f0c2a1d3e4f5a6b7c8d9"
        rfc9068 = _rfc9068(context.options)
        claims: Claims = {
            "iss": self.issuer(context),
            "sub": request.subject if request.subject is not None else subject,
            "aud": audience_of(context, request),
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
        if context.options["token_dialect"].endswith("_authz"):
            return with_permissions(claims, context, request)
        return claims

    def opaque_token(self, context: IssuerContext, audience: str | None) -> bool:
        # Without an API the token is for /userinfo alone.
        return audience is None and not context.options["default_audience"]

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        granted = {"scope": scope} if scope else {}
        return {
            "access_token": token,
            **granted,
            "expires_in": context.token_lifetime_seconds,
            "token_type": "Bearer",
        }

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), *errors.HEADERS

    def subject_of(self, username: str) -> str:
        return f"auth0|{hashlib.sha256(username.encode()).hexdigest()[:24]}"

    def anybody(self, username: str) -> Claims:
        return {"email": email_of(username), "email_verified": True}

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        """The profile that each user has, made of the address where the connection knows no more than that."""
        email = str(declared.get("email", username))
        picture = hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()
        return {
            "nickname": email.partition("@")[0],
            "name": email,
            "picture": f"https://s.gravatar.com/avatar/{picture}?s=480&r=pg",
            "updated_at": _UPDATED_AT,
        }

    def auth_time_of(self, grant_type: str) -> bool:
        return False

    def step_up_claims(self, asked: StepUp, token: TokenPlace) -> Claims:
        """The access token doesn't say it; whoever asked for several factors is told that there were some."""
        acr = super().step_up_claims(asked, token) if token == "id_token" else {}
        return {**acr, "amr": ["mfa"]} if acr.get("acr") == _SEVERAL_FACTORS else acr

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        return {"sid": request.session_id} if request.grant_type == "authorization_code" else {}

    def needs_offline_access(self, context: IssuerContext) -> bool:
        return True


def _grants(origin: GrantOrigin) -> Claims:
    """The claim `gty` of a user's token, latest grant first; a login in a browser is not named."""
    named = [grant for grant in reversed(origin.grants) if grant in ("password", "refresh_token")]
    if not named:
        return {}
    return {"gty": named[0] if len(named) == 1 else named}


def _rfc9068(options: Options) -> bool:
    return bool(options["token_dialect"].startswith("rfc9068"))


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
