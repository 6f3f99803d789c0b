"""Google: access tokens are opaque, so what a service verifies is an ID token; no client_credentials.

At the vendor's the issuer, the keys and the token endpoint are on three hosts; here all paths are below one base URL.
Sources: Google's "OpenID Connect" and "Using OAuth 2.0 for Server to Server Applications"; recorded answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mock_idp.http11.response import Headers, Response
from mock_idp.jose import kid
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.base import Options, OptionSchemas, Vendor, http_date
from mock_idp.vendors.context import (
    Claims,
    IdTokenRequest,
    IssuerContext,
    KeyTimes,
    StepUp,
    TokenPlace,
    TokenRequest,
    audience_of,
    lifetime,
    with_permissions,
)
from mock_idp.vendors.google import errors
from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER
from mock_idp.vendors.problems import Problem

SERVICE_ACCOUNT_ID = "104857600000000000001"
USER_CLIENT_ID = "407408718192-mockidp.apps.googleusercontent.com"
CERTIFICATES_PATH = "/oauth2/v1/certs"
_JWKS_SECONDS = 6 * 3600
_DISCOVERY_SECONDS = 3600


class Google(Vendor):
    """accounts.google.com and its neighbours."""

    option_schemas: ClassVar[OptionSchemas] = {
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
    default_client_id = SERVICE_ACCOUNT_ID

    rotation_habit = "prepublished"
    jwk_members = ("alg", "e", "kid", "kty", "n", "use")

    grants = ("authorization_code", "refresh_token", DEVICE_CODE, JWT_BEARER)
    own_grants: ClassVar[Mapping[str, str]] = {JWT_BEARER: "google_service_account"}
    audience_parameter = False
    resource_parameter = False
    refresh = "keep"
    revokes_for_anybody = True
    more_paths: ClassVar[Mapping[str, str]] = dict.fromkeys(("/tokeninfo", "/oauth2/v3/tokeninfo"), "tokeninfo")
    refresh_lifetime_seconds = 180 * 86_400
    opaque_prefix = "ya29."

    def issuer(self, context: IssuerContext) -> str:
        return context.base.partition("://")[2] if context.options["iss"] == "host" else context.base

    def jwks_path(self, options: Options) -> str:
        return "/oauth2/v3/certs"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        return ("/.well-known/openid-configuration",)

    def token_path(self, options: Options) -> str:
        return "/token"

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        base = context.base
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

    def key_documents(self, context: IssuerContext, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
        """The older form of its keys, which google-auth verifies ID tokens with: PEM certificates by kid.

        Source: `google.oauth2.id_token`, which fetches https://www.googleapis.com/oauth2/v1/certs.
        """
        return {CERTIFICATES_PATH: {key.kid: _pem(key.x5c()[0]) for key in keys if key.has_certificate}}

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

    def kid(self, key: KidSource) -> str:
        return kid.hex40(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return "federated-signon.system.gserviceaccount.com"

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem)

    def revoked_nothing(self) -> Response:
        return errors.revoked_nothing()

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"alg": None, "kid": None, "typ": "JWT"}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        claims = self._service_account(context, request) if request.kind == "machine" else self._user(context, request)
        if request.permissions:
            # Google puts no permissions into ID tokens; whoever asks for some gets them all the same.
            return with_permissions(claims, context, request)
        return claims

    def opaque_token(self, context: IssuerContext, audience: str | None) -> bool:
        return True

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        return {"access_token": token, "expires_in": context.token_lifetime_seconds - 1, "token_type": "Bearer"}

    def token_headers(self) -> Headers:
        caching = ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
        return ("Content-Type", "application/json; charset=utf-8"), caching, ("Pragma", "no-cache")

    def subject_of(self, username: str) -> str:
        return account_id(username)

    def anybody(self, username: str) -> Claims:
        claims = super().anybody(username)
        del claims["preferred_username"]
        return {**claims, "picture": "https://lh3.googleusercontent.com/a/mock-idp=s96-c"}

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        return {}

    def auth_time_of(self, grant_type: str) -> bool:
        return False

    def userinfo(self, claims: Claims, request: IdTokenRequest) -> Claims:
        hosted_domain = request.context.options["hosted_domain"]
        return {**claims, **({"hd": hosted_domain} if hosted_domain else {})}

    def step_up_claims(self, asked: StepUp, token: TokenPlace) -> Claims:
        return {}

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        hosted_domain = request.context.options["hosted_domain"]
        return {"azp": request.client_id, **({"hd": hosted_domain} if hosted_domain else {})}

    def _service_account(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        account = request.client_id or self.default_client_id
        return {
            "aud": audience_of(context, request),
            "azp": account,
            "email": context.options["service_account"],
            "email_verified": True,
            "exp": exp,
            "iat": iat,
            "iss": self.issuer(context),
            "sub": request.subject if request.subject is not None else account,
        }

    def _user(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        hosted_domain = {"hd": context.options["hosted_domain"]} if context.options["hosted_domain"] else {}
        return {
            "iss": self.issuer(context),
            "azp": request.client_id or USER_CLIENT_ID,
            "aud": audience_of(context, request),
            "sub": request.subject if request.subject is not None else account_id("user@example.com"),
            **hosted_domain,
            "email": "user@example.com",
            "email_verified": True,
            "name": "Ursula User",
            "picture": "https://example.com/picture.png",
            "iat": iat,
            "exp": exp,
        }


def account_id(email: str) -> str:
    """The number of an account, 21 digits, always the same for an email."""
    return str(10**20 + int.from_bytes(hashlib.sha256(email.encode()).digest()) % 10**19)


def _pem(certificate: str) -> str:
    lines = [certificate[start : start + 64] for start in range(0, len(certificate), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
