"""Keycloak 26: realm paths, an encryption key beside the signing key, client roles mapped to a claim.

Sources: keycloak/keycloak KeyUtils.createKeyId, OIDCLoginProtocolService, AccessTokenContext; a live 26.7.1 server.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mock_idp.http11.response import Headers, Response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.base import Options, OptionSchemas, Vendor
from mock_idp.vendors.context import (
    Claims,
    IdTokenRequest,
    IssuerContext,
    IssuerRequest,
    KeyTimes,
    RefreshTokenRequest,
    TokenRequest,
    TokenResponseContext,
)
from mock_idp.vendors.keycloak import claims, discovery, errors
from mock_idp.vendors.keycloak.refresh import LOGGED_OUT, refresh_token
from mock_idp.vendors.problems import Problem
from mock_idp.vendors.two_names import BACK_CHANNEL

_USER_RESPONSE = (
    *("access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type", "id_token"),
    *("not-before-policy", "session_state", "scope"),
)


def _clients(about: str) -> dict[str, Any]:
    """An option that lists client ids."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "default": [], "description": about}


class Keycloak(Vendor):
    """A realm of a Keycloak server."""

    judged_by_default = True
    option_schemas: ClassVar[OptionSchemas] = {
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
        "base_path": {
            "type": "string",
            "enum": ["", "/auth"],
            "default": "",
            "description": "What stands before /realms: /auth on servers before 17 and with that relative path.",
        },
        "lightweight": {
            "type": "boolean",
            "default": False,
            "description": "Lightweight access tokens: no more than the claims that no mapper adds.",
        },
        "basic_scope": {
            "type": "boolean",
            "default": True,
            "description": "Whether clients have the scope basic, which brings sub and auth_time.",
        },
        "typ": {
            "type": "string",
            "enum": ["JWT", "at+jwt"],
            "default": "JWT",
            "description": "The header typ; at+jwt is the client's switch access.token.header.type.rfc9068.",
        },
        "ssl_required": {
            "type": "string",
            "enum": ["none", "all"],
            "default": "none",
            "description": "all refuses token requests to an http URL.",
        },
        "realm_enabled": {"type": "boolean", "default": True, "description": "false refuses all token requests."},
        "bearer_only_clients": _clients("Clients that are an API and get no tokens."),
        "dpop_clients": _clients("Clients whose requests need a DPoP proof."),
    }
    default_token_lifetime_seconds = 300
    default_client_id = claims.CLIENT_ID

    jwk_members = ("kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e")
    jwk_set_media_type = "application/jwk-set+json"
    cors_credentials = True

    example_credentials = "form"
    duplicates_last = True
    audience_parameter = False
    resource_parameter = False
    device_page = "{issuer}/device"
    # Source: Keycloak, `org.keycloak.protocol.oidc.OIDCWellKnownProvider`, which has these two for browsers.
    back_endpoints = tuple({*BACK_CHANNEL} - {"revocation_endpoint", "device_authorization_endpoint"})
    default_scopes = claims.DEFAULT_SCOPES
    refresh = "reissue"
    refresh_lifetime_seconds = 1800
    offline_lifetime_seconds = 30 * 86_400
    refresh_token_logout = LOGGED_OUT

    def issuer(self, context: IssuerContext) -> str:
        return context.base + _realm(context.options)

    def jwks_path(self, options: Options) -> str:
        return _realm(options) + "/protocol/openid-connect/certs"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        realm = _realm(options)
        return f"{realm}/.well-known/openid-configuration", f"{realm}/.well-known/oauth-authorization-server"

    def token_path(self, options: Options) -> str:
        return _realm(options) + "/protocol/openid-connect/token"

    def not_served(self, request: IssuerRequest) -> Response | None:
        return errors.not_served(request)

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        return discovery.document(self.issuer(context))

    def key_documents(self, context: IssuerContext, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
        """The page of the realm, which clients in want of one public key read.

        `public_key` is the newest key that signs, in standard base64 of its SubjectPublicKeyInfo.
        Source: Keycloak, `org.keycloak.representations.idm.PublishedRealmRepresentation`.
        """
        signing = [base64.b64encode(key.spki_der()).decode("ascii") for key in keys if key.use == "sig"]
        url = self.issuer(context)
        document = {
            "realm": context.options["realm"],
            "public_key": signing[0] if signing else None,
            "token-service": f"{url}/protocol/openid-connect",
            "account-service": f"{url}/account",
            "tokens-not-before": 0,
        }
        return {_realm(context.options): document}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Cache-Control", "no-cache"), ("Content-Type", "application/json"), *errors.SECURITY_HEADERS

    def discovery_headers(self, times: KeyTimes) -> Headers:
        caching = ("Cache-Control", "no-cache, must-revalidate, no-transform, no-store")
        return caching, ("Content-Type", "application/json"), *errors.SECURITY_HEADERS

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        # The encryption key is published and never signs, which is what "previous" means.
        return KeySettings(state="current"), KeySettings(state="previous", algorithm="RS256", use="enc")

    def kid(self, key: KidSource) -> str:
        return kid.spki43(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return str(context.options["realm"])

    def refuse_request(self, request: IssuerRequest) -> Response | None:
        return errors.refuse_request(request)

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        return errors.refuse_client(request)

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem)

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"alg": None, "typ": options["typ"], "kid": None}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        return claims.access_claims(context, request, self.issuer(context))

    def origins_claim(self, options: Options) -> str | None:
        return None if options["lightweight"] else "allowed-origins"

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        return {
            "access_token": token,
            "expires_in": context.token_lifetime_seconds,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": " ".join([*self.default_scopes, *scope.split()]),
        }

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json"), *errors.SECURITY_HEADERS

    def subject_of(self, username: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, username))

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        return claims.user_claims(username, declared)

    def scope_words(self, scope: tuple[str, ...]) -> list[str]:
        return list(dict.fromkeys((*scope, *self.default_scopes)))

    def auth_time_of(self, grant_type: str) -> bool:
        return claims.in_browser(grant_type)

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        return claims.id_token_claims(request)

    def user_response(self, document: dict[str, Any], about: TokenResponseContext) -> dict[str, Any]:
        """The members in Keycloak's order, with the session, which is `sid` in tokens."""
        said = {**document, "session_state": about.session_id}
        ordered = {name: said[name] for name in _USER_RESPONSE if name in said}
        return ordered | {name: value for name, value in said.items() if name not in ordered}

    def refresh_token(self, request: RefreshTokenRequest) -> str:
        return refresh_token(request)


def _realm(options: Options) -> str:
    return f"{options['base_path']}/realms/{options['realm']}"
