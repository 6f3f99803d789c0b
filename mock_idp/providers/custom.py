"""Any other provider: paths, header and claim names are options; claims follow RFC 9068.

The defaults are the document Tasker asks of a custom JWKS endpoint: one RSA key with kty, kid, use, alg, n, e.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem, standard_answer
from mock_idp.providers.base import Claims, KeyTimes, Place, RotationHabit, TokenRequest, audience_of, lifetime
from mock_idp.providers.flows import Flows
from mock_idp.settings import KeySettings

_PATH = "^(/[A-Za-z0-9._~-]+)+$"

_ENDPOINTS = {
    "authorization": "/oauth2/authorize",
    "userinfo": "/oauth2/userinfo",
    "introspection": "/oauth2/introspect",
    "revocation": "/oauth2/revoke",
    "end_session": "/oauth2/logout",
    "device_authorization": "/oauth2/device_authorization",
    "pushed_authorization_request": "/oauth2/par",
}


def _path(default: str, about: str) -> dict[str, Any]:
    return {"type": "string", "pattern": _PATH, "maxLength": 200, "default": default, "description": about}


class Custom:
    """A provider nobody has heard of."""

    name = "custom"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 3600
    default_client_id = "mock-client"
    rotation_habit: RotationHabit = "immediate"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "issuer_path": {
            "type": "string",
            "pattern": "^(/[A-Za-z0-9._~-]+)*/?$",
            "maxLength": 200,
            "default": "",
            "description": "What stands in the issuer after the base URL; may be a slash.",
        },
        "jwks_path": _path("/.well-known/jwks.json", "The path of the JWKS."),
        "discovery_path": _path("/.well-known/openid-configuration", "The path of the discovery document."),
        "token_path": _path("/oauth2/token", "The path of the token endpoint."),
        "typ": {
            "type": ["string", "null"],
            "maxLength": 100,
            "default": "at+jwt",
            "description": "The header typ of access tokens: at+jwt by RFC 9068 section 2.1; null leaves it out.",
        },
    }
    jwk_members: tuple[str, ...] = ("kty", "kid", "use", "alg", "n", "e")
    request_id_header: str | None = None
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = False
    flows = Flows()

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        return (KeySettings(state="current"),)

    def kid(self, key: KidSource) -> str:
        return kid.custom(key)

    def certificate_name(self, place: Place) -> str:
        return "mock-idp"

    def issuer(self, place: Place) -> str:
        return place.base + str(place.options["issuer_path"])

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return str(options["jwks_path"])

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return str(options["discovery_path"]), "/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return str(options["token_path"])

    def discovery(self, place: Place) -> dict[str, Any]:
        return {
            "issuer": self.issuer(place),
            "token_endpoint": place.base + self.token_path(place.options),
            "jwks_uri": place.base + self.jwks_path(place.options),
            **{f"{name}_endpoint": place.base + path for name, path in _ENDPOINTS.items()},
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": list(self.flows.grants),
            "code_challenge_methods_supported": list(self.flows.challenge_methods),
            "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [place.algorithm],
            "token_endpoint_auth_methods_supported": [
                *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
            ],
            "authorization_response_iss_parameter_supported": True,
        }

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "public, max-age=300")

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return self.jwks_headers(times)

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "no-store")

    def request_id(self, number: int) -> str:
        return str(number)

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        typ = {} if options["typ"] is None else {"typ": options["typ"]}
        return {"alg": None, **typ, "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        iat, exp = lifetime(place, request.now)
        client_id = request.client_id or self.default_client_id
        subject = client_id if request.kind == "machine" else "user-1"
        claims: Claims = {
            "iss": self.issuer(place),
            "sub": request.subject if request.subject is not None else subject,
            "aud": audience_of(place, request),
            "exp": exp,
            "iat": iat,
            "jti": str(uuid.uuid4()),
            "client_id": client_id,
        }
        if request.permissions:
            claims["scope"] = " ".join(request.permissions)
        claims[place.permissions_claim] = list(request.permissions)
        return claims

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        granted = {"scope": scope} if scope else {}
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": place.token_lifetime_seconds,
            **granted,
        }

    def token_error(self, problem: Problem) -> Answer:
        return standard_answer(problem)
