"""Okta, a custom authorization server: `scp` array, `cid`, no `typ` in the header, no certificate in the JWK.

Sources: Okta docs "OpenID Connect & OAuth 2.0 API", "Key rotation", "Access token payload"; recorded answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem
from mock_idp.providers import okta_discovery, okta_errors
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
from mock_idp.providers.flows import Flows
from mock_idp.providers.hooks import IdTokenRequest, always
from mock_idp.settings import KeySettings

# Okta rotates about four times a year; the JWKS may be cached until the next planned rotation.
_ROTATION_SECONDS = 90 * 86_400
_DISCOVERY_SECONDS = 86_400
_ORG_KEY = "org-access-tokens"


def _clients(about: str) -> dict[str, Any]:
    """An option that lists client ids."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "default": [], "description": about}


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
            "description": "The id of the authorization server, the part of the issuer after /oauth2/; org stands for "
            "the one of the organization, whose access tokens only Okta can verify.",
        },
        "clients_without_policy": _clients("Clients that no rule of an access policy allows anything."),
        "dpop_clients": _clients("Clients whose requests need a DPoP proof."),
        "jwks_cache": {
            "type": "string",
            "enum": ["countdown", "no-store"],
            "default": "countdown",
            "description": "no-store: the JWKS must not be kept, as for a while in 2026 (OKTA-1099636).",
        },
    }
    jwk_members: tuple[str, ...] = ("kty", "alg", "kid", "use", "e", "n")
    request_id_header: str | None = "X-Okta-Request-Id"
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = False
    flows = Flows(
        audience_parameter=False,
        needs_offline_access=always,
        needs_scope=always,
        device_page="{base}/activate",
        id_token_extra=lambda request: _id_token(request),
        refuse_request=okta_errors.refuse_request,
        refuse_client=okta_errors.refuse_client,
        rate_limited=okta_errors.rate_limited,
        machine_scope_problem=lambda word: "openid_for_client" if word == "openid" else None,
        access_token_key=lambda options: _ORG_KEY if _is_org(options) else "current",
    )

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        usual = (KeySettings(state="current"), KeySettings(state="next"))
        return (*usual, KeySettings(name=_ORG_KEY, state="hidden")) if _is_org(options) else usual

    def kid(self, key: KidSource) -> str:
        return kid.okta(key)

    def certificate_name(self, place: Place) -> str:
        return "okta"

    def issuer(self, place: Place) -> str:
        return place.base if _is_org(place.options) else place.base + self._path(place.options)

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return self._path(options) + "/v1/keys"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        path = "" if _is_org(options) else self._path(options)
        return f"{path}/.well-known/openid-configuration", f"{path}/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return self._path(options) + "/v1/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        below = place.base + self._path(place.options)
        groups = ("groups",) if _is_org(place.options) else ()
        return okta_discovery.document(place.base, self.issuer(place), below, place.algorithm, groups)

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        if times.options["jwks_cache"] == "no-store":
            return _headers(times.now, 0, "no-cache, no-store")
        since_rotation = (times.now - times.changed_at) % _ROTATION_SECONDS
        return _headers(times.now, _ROTATION_SECONDS - int(since_rotation))

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return _headers(times.now, _DISCOVERY_SECONDS)

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache")

    def request_id(self, number: int) -> str:
        return f"mockidp{number:020x}"

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        typ = {"typ": "application/okta-internal-at+jwt"} if _is_org(options) else {}
        return {"kid": None, "alg": None, **typ}

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

    def token_error(self, problem: Problem) -> Answer:
        return okta_errors.token_error(problem)

    def _path(self, options: Mapping[str, Any]) -> str:
        return "/oauth2" if _is_org(options) else f"/oauth2/{options['authorization_server']}"


def _is_org(options: Mapping[str, Any]) -> bool:
    return bool(options["authorization_server"] == okta_errors.ORG)


def _headers(now: float, max_age: int, caching: str | None = None) -> Headers:
    return (
        ("Content-Type", "application/json"),
        ("Cache-Control", caching or f"max-age={max_age}, must-revalidate"),
        ("Expires", http_date(now + max_age)),
        ("Vary", "Origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-XSS-Protection", "0"),
        ("Strict-Transport-Security", "max-age=315360000; includeSubDomains"),
        ("Server", "nginx"),
        ("P3P", 'CP="HONK"'),
    )


def _id_token(request: IdTokenRequest) -> Claims:
    return {
        "ver": 1,
        "jti": f"ID.{secrets.token_urlsafe(32)}",
        "amr": ["pwd"],
        "idp": "00omockidp0000000001",
    }
