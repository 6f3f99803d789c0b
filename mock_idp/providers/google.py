"""Google: access tokens are opaque, so what a service verifies is an ID token; no client_credentials.

At the vendor's the issuer, the keys and the token endpoint are on three hosts; here all paths are below one base URL.
Sources: Google's "OpenID Connect" and "Using OAuth 2.0 for Server to Server Applications"; recorded answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem
from mock_idp.providers import google_errors, key_documents
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
from mock_idp.providers.flows import DEVICE_CODE, JWT_BEARER, Flows
from mock_idp.providers.hooks import IdTokenRequest, nothing_more
from mock_idp.settings import KeySettings

SERVICE_ACCOUNT_ID = "104857600000000000001"
USER_CLIENT_ID = "407408718192-mockidp.apps.googleusercontent.com"
_JWKS_SECONDS = 6 * 3600
_DISCOVERY_SECONDS = 3600


class Google:
    """accounts.google.com and its neighbours."""

    name = "google"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 3600
    default_client_id = SERVICE_ACCOUNT_ID
    rotation_habit: RotationHabit = "prepublished"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "iss": {
            "type": "string",
            "enum": ["url", "host"],
            "default": "url",
            "description": "host: iss without https://, as in older ID tokens.",
        },
        "service_account": {
            "type": "string",
            "maxLength": 200,
            "default": "mock-idp@mock-project.iam.gserviceaccount.com",
            "description": "The email of service accounts.",
        },
        "hosted_domain": {
            "type": "string",
            "maxLength": 200,
            "default": "",
            "description": "The hd of users of a Workspace; empty for none.",
        },
    }
    jwk_members: tuple[str, ...] = ("alg", "e", "kid", "kty", "n", "use")
    request_id_header: str | None = None
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = False
    flows = Flows(
        grants=("authorization_code", "refresh_token", DEVICE_CODE, JWT_BEARER),
        audience_parameter=False,
        resource_parameter=False,
        user_claims=nothing_more,
        refresh="keep",
        refresh_lifetime_seconds=180 * 86_400,
        device_page="{base}/device",
        subject_of=lambda email: account_id(email),
        id_token_extra=lambda request: _id_token(request),
        opaque_prefix="ya29.",
        own_grants={JWT_BEARER: "google_service_account"},
        opaque_token=lambda place, audience: True,
        key_documents=key_documents.certificates,
    )

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        return KeySettings(state="current"), KeySettings(state="next")

    def kid(self, key: KidSource) -> str:
        return kid.hex40(key)

    def certificate_name(self, place: Place) -> str:
        return "federated-signon.system.gserviceaccount.com"

    def issuer(self, place: Place) -> str:
        return place.base.partition("://")[2] if place.options["iss"] == "host" else place.base

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return "/oauth2/v3/certs"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return ("/.well-known/openid-configuration",)

    def token_path(self, options: Mapping[str, Any]) -> str:
        return "/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        base = place.base
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/o/oauth2/v2/auth",
            "device_authorization_endpoint": f"{base}/device/code",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/v1/userinfo",
            "revocation_endpoint": f"{base}/revoke",
            "jwks_uri": f"{base}/oauth2/v3/certs",
            "response_types_supported": [
                *("code", "token", "id_token", "code token", "code id_token", "token id_token"),
                *("code token id_token", "none"),
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": [
                *("aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "locale"),
                *("name", "picture", "sub"),
            ],
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_CODE, JWT_BEARER],
        }

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        # Caches on the way have held the answer for a while, so what is left of six hours differs at each request.
        left = _JWKS_SECONDS - int((times.now - times.changed_at) % _JWKS_SECONDS)
        return (
            ("Content-Type", "application/json; charset=UTF-8"),
            ("Cache-Control", f"public, max-age={left}, must-revalidate, no-transform"),
            ("Expires", http_date(times.now + left)),
            ("Age", "5"),
            ("Vary", "Origin,X-Origin,Referer,Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "SAMEORIGIN"),
            ("X-XSS-Protection", "0"),
            ("Server", "scaffolding on HTTPServer2"),
        )

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return (
            ("Content-Type", "application/json"),
            ("Cache-Control", f"public, max-age={_DISCOVERY_SECONDS}"),
            ("Access-Control-Allow-Origin", "*"),
            ("Age", "0"),
            ("Expires", http_date(times.now + _DISCOVERY_SECONDS)),
            ("Last-Modified", http_date(times.changed_at)),
            ("Vary", "Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-XSS-Protection", "0"),
            ("Server", "sffe"),
            ("Accept-Ranges", "bytes"),
        )

    def token_headers(self) -> Headers:
        caching = ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
        return ("Content-Type", "application/json; charset=utf-8"), caching, ("Pragma", "no-cache")

    def request_id(self, number: int) -> str:
        return str(number)

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"alg": None, "kid": None, "typ": "JWT"}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        claims = self._service_account(place, request) if request.kind == "machine" else self._user(place, request)
        if request.permissions:
            # Google puts no permissions into ID tokens; whoever asks for some gets them all the same.
            claims[place.permissions_claim] = list(request.permissions)
        return claims

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        return {"access_token": token, "expires_in": place.token_lifetime_seconds - 1, "token_type": "Bearer"}

    def token_error(self, problem: Problem) -> Answer:
        return google_errors.token_error(problem)

    def _service_account(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        account = request.client_id or self.default_client_id
        return {
            "aud": audience_of(place, request),
            "azp": account,
            "email": place.options["service_account"],
            "email_verified": True,
            "exp": exp,
            "iat": iat,
            "iss": self.issuer(place),
            "sub": request.subject if request.subject is not None else account,
        }

    def _user(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        hosted_domain = {"hd": place.options["hosted_domain"]} if place.options["hosted_domain"] else {}
        return {
            "iss": self.issuer(place),
            "azp": request.client_id or USER_CLIENT_ID,
            "aud": audience_of(place, request),
            "sub": request.subject if request.subject is not None else account_id("user@example.com"),
            **hosted_domain,
            "email": "user@example.com",
            "email_verified": True,
            "name": "Ursula User",
            "picture": "https://example.com/picture.png",
            "iat": iat,
            "exp": exp,
        }


def _id_token(request: IdTokenRequest) -> Claims:
    hosted_domain = request.place.options["hosted_domain"]
    return {"azp": request.client_id, **({"hd": hosted_domain} if hosted_domain else {})}


def account_id(email: str) -> str:
    """The number of an account, 21 digits, always the same for an email."""
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()) % 10**19)
