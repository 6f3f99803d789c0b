"""Okta, a custom authorization server: `scp` array, `cid`, no `typ` in the header, no certificate in the JWK.

Sources: Okta docs "OpenID Connect & OAuth 2.0 API", "Key rotation", "Access token payload"; recorded answers.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.base import Options, OptionSchemas, Vendor, http_date
from mock_idp.vendors.browser_apps import BrowserSession
from mock_idp.vendors.context import (
    Claims,
    IdTokenRequest,
    IssuerContext,
    IssuerRequest,
    KeyTimes,
    TokenRequest,
    audience_of,
    lifetime,
    with_permissions,
)
from mock_idp.vendors.okta import discovery, errors, sessions
from mock_idp.vendors.problems import Problem, ProblemKind

# Okta rotates about four times a year; the JWKS may be cached until the next planned rotation.
_ROTATION_SECONDS = 90 * 86_400
_DISCOVERY_SECONDS = 86_400
_ORG_KEY = "org-access-tokens"
_IN_ID_TOKENS = frozenset({"name", "preferred_username", "email"})
_UPDATED_AT = 1_767_225_600


def _clients(about: str) -> dict[str, Any]:
    """An option that lists client ids."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "default": [], "description": about}


class Okta(Vendor):
    """An Okta custom authorization server."""

    judged_by_default = True
    option_schemas: ClassVar[OptionSchemas] = {
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
    default_permissions_claim = "scp"
    default_client_id = "0oamockidpclient0001"

    rotation_habit = "prepublished"
    jwk_members = ("kty", "alg", "kid", "use", "e", "n")
    request_id_header = "X-Okta-Request-Id"

    audience_parameter = False
    device_page = "{base}/activate"
    response_modes = ("query", "fragment", "form_post", "okta_post_message")
    # What okta-auth-js sends for a client without a secret, when it logs out.
    id_alone_in_basic = True

    def issuer(self, context: IssuerContext) -> str:
        return context.base if _is_org(context.options) else context.base + _path(context.options)

    def jwks_path(self, options: Options) -> str:
        return _path(options) + "/v1/keys"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        path = "" if _is_org(options) else _path(options)
        return f"{path}/.well-known/openid-configuration", f"{path}/.well-known/oauth-authorization-server"

    def token_path(self, options: Options) -> str:
        return _path(options) + "/v1/token"

    def rate_limited(self, request: IssuerRequest) -> Response | None:
        return errors.rate_limited(request)

    def request_id(self, number: int) -> str:
        return f"mockidp{number:020x}"

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        below = context.base + _path(context.options)
        groups = ("groups",) if _is_org(context.options) else ()
        return discovery.document(context.base, self.issuer(context), below, context.algorithm, groups)

    def posted_message(self, mode: str, parameters: Mapping[str, str]) -> Mapping[str, Any] | None:
        """What okta-auth-js listens for in its iframe and its popup."""
        return parameters if mode == "okta_post_message" else None

    def page_paths(self, context: IssuerContext) -> Mapping[str, str]:
        """What okta-auth-js asks for beside OAuth; it stands at the organization, whatever its authorization server."""
        return {sessions.ME: "session", f"{sessions.ME}/lifecycle/refresh": "session_refresh"}

    def told_session(self, context: IssuerContext, session: BrowserSession | None) -> Response:
        if session is None:
            return errors.no_session()
        return json_response(200, sessions.document(context.base, session), errors.HEADERS)

    def jwks_headers(self, times: KeyTimes) -> Headers:
        if times.options["jwks_cache"] == "no-store":
            return _headers(times.now, 0, "no-cache, no-store")
        since_rotation = (times.now - times.changed_at) % _ROTATION_SECONDS
        return _headers(times.now, _ROTATION_SECONDS - int(since_rotation))

    def discovery_headers(self, times: KeyTimes) -> Headers:
        return _headers(times.now, _DISCOVERY_SECONDS)

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        usual = super().usual_keys(options)
        return (*usual, KeySettings(name=_ORG_KEY, state="hidden")) if _is_org(options) else usual

    def kid(self, key: KidSource) -> str:
        return kid.random43(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return "okta"

    def access_token_key(self, options: Options) -> str:
        return _ORG_KEY if _is_org(options) else "current"

    def refuse_request(self, request: IssuerRequest) -> Response | None:
        return errors.refuse_request(request)

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        return errors.refuse_client(request)

    def needs_scope(self, context: IssuerContext) -> bool:
        return True

    def machine_scope_problem(self, word: str) -> ProblemKind | None:
        return "openid_for_client" if word == "openid" else None

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem)

    def token_header(self, options: Options) -> dict[str, Any]:
        typ = {"typ": "application/okta-internal-at+jwt"} if _is_org(options) else {}
        return {"kid": None, "alg": None, **typ}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        client_id = request.client_id or self.default_client_id
        machine = request.kind == "machine"
        subject = client_id if machine else "user@example.com"
        person = {} if machine else {"uid": self.person_of(request.subject or subject)}
        claims: Claims = {
            "ver": 1,
            "jti": f"AT.{secrets.token_urlsafe(32)}",
            "iss": self.issuer(context),
            "aud": audience_of(context, request),
            "iat": iat,
            "exp": exp,
            "cid": client_id,
            **person,
        }
        claims = with_permissions(claims, context, request)
        if not machine:
            claims["auth_time"] = iat
        claims["sub"] = request.subject if request.subject is not None else subject
        return claims

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        return {
            "token_type": "Bearer",
            "expires_in": context.token_lifetime_seconds,
            "access_token": token,
            "scope": scope,
        }

    def token_headers(self) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache")

    def person_of(self, subject: str) -> str:
        """The id of the user; access tokens have it as `uid` and the login as `sub`."""
        return f"00u{hashlib.sha256(subject.encode()).hexdigest()[:17]}"

    def anybody(self, username: str) -> Claims:
        return {
            **super().anybody(username),
            "zoneinfo": "America/Los_Angeles",
            "locale": "en-US",
            "updated_at": _UPDATED_AT,
        }

    def id_token_names(self, request: IdTokenRequest) -> frozenset[str] | None:
        # A "thin" ID token: an access token comes along, with which userinfo has the rest.
        return _IN_ID_TOKENS

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        return {
            "ver": 1,
            "jti": f"ID.{secrets.token_urlsafe(32)}",
            "amr": ["pwd"],
            "idp": sessions.ORGANIZATION,
        }

    def needs_offline_access(self, context: IssuerContext) -> bool:
        return True


def _path(options: Options) -> str:
    return "/oauth2" if _is_org(options) else f"/oauth2/{options['authorization_server']}"


def _is_org(options: Options) -> bool:
    return bool(options["authorization_server"] == errors.ORG)


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
