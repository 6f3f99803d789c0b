"""Keycloak 26: realm paths, an encryption key beside the signing key, client roles mapped to a claim.

Sources: keycloak/keycloak KeyUtils.createKeyId, OIDCLoginProtocolService, AccessTokenContext; a live 26.7.1 server.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem
from mock_idp.providers import key_documents, keycloak_discovery, keycloak_errors, keycloak_refresh
from mock_idp.providers.base import Claims, KeyTimes, Place, RotationHabit, TokenRequest
from mock_idp.providers.flows import Flows
from mock_idp.providers.hooks import UserAnswer
from mock_idp.providers.keycloak_claims import (
    CLIENT_ID,
    DEFAULT_SCOPES,
    access_claims,
    id_token_claims,
    in_browser,
    user_claims,
)
from mock_idp.providers.keycloak_errors import SECURITY_HEADERS
from mock_idp.settings import KeySettings


def _clients(about: str) -> dict[str, Any]:
    """An option that lists client ids."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "default": [], "description": about}


class Keycloak:
    """A realm of a Keycloak server."""

    name = "keycloak"
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 300
    default_client_id = CLIENT_ID
    rotation_habit: RotationHabit = "immediate"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
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
    jwk_members: tuple[str, ...] = ("kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e")
    request_id_header: str | None = None
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = False
    flows = Flows(
        audience_parameter=False,
        resource_parameter=False,
        user_claims=user_claims,
        default_scopes=DEFAULT_SCOPES,
        scope_words=lambda scope: list(dict.fromkeys((*scope, *DEFAULT_SCOPES))),
        auth_time_of=in_browser,
        jwk_set_media_type="application/jwk-set+json",
        refresh="reissue",
        refresh_token=keycloak_refresh.refresh_token,
        refresh_lifetime_seconds=1800,
        offline_lifetime_seconds=30 * 86_400,
        refresh_token_logout=keycloak_refresh.LOGGED_OUT,
        device_page="{issuer}/device",
        subject_of=lambda username: str(uuid.uuid5(uuid.NAMESPACE_URL, username)),
        id_token_extra=id_token_claims,
        user_response=lambda document, answer: _user_response(document, answer),
        refuse_request=keycloak_errors.refuse_request,
        refuse_client=keycloak_errors.refuse_client,
        not_served=keycloak_errors.not_served,
        duplicates_last=True,
        cors_credentials=True,
        key_documents=key_documents.realm,
        origins_claim=lambda options: None if options["lightweight"] else "allowed-origins",
    )

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        # The encryption key is published and never signs, which is what "previous" means.
        return KeySettings(state="current"), KeySettings(state="previous", algorithm="RS256", use="enc")

    def kid(self, key: KidSource) -> str:
        return kid.keycloak(key)

    def certificate_name(self, place: Place) -> str:
        return str(place.options["realm"])

    def issuer(self, place: Place) -> str:
        return place.base + self._realm(place.options)

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return self._realm(options) + "/protocol/openid-connect/certs"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        realm = self._realm(options)
        return f"{realm}/.well-known/openid-configuration", f"{realm}/.well-known/oauth-authorization-server"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return self._realm(options) + "/protocol/openid-connect/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        return keycloak_discovery.document(self.issuer(place))

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Cache-Control", "no-cache"), ("Content-Type", "application/json"), *SECURITY_HEADERS

    def discovery_headers(self, times: KeyTimes) -> Headers:
        caching = ("Cache-Control", "no-cache, must-revalidate, no-transform, no-store")
        return caching, ("Content-Type", "application/json"), *SECURITY_HEADERS

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json"), *SECURITY_HEADERS

    def request_id(self, number: int) -> str:
        return str(number)

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"alg": None, "typ": options["typ"], "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        return access_claims(place, request, self.issuer(place))

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        return {
            "access_token": token,
            "expires_in": place.token_lifetime_seconds,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": " ".join([*DEFAULT_SCOPES, *scope.split()]),
        }

    def token_error(self, problem: Problem) -> Answer:
        return keycloak_errors.token_error(problem)

    def _realm(self, options: Mapping[str, Any]) -> str:
        return f"{options['base_path']}/realms/{options['realm']}"


_USER_RESPONSE = (
    *("access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type", "id_token"),
    *("not-before-policy", "session_state", "scope"),
)


def _user_response(document: dict[str, Any], answer: UserAnswer) -> dict[str, Any]:
    """The members of a token response for a user in Keycloak's order, with the session, which is `sid` in tokens."""
    said = {**document, "session_state": answer.session_id}
    ordered = {name: said[name] for name in _USER_RESPONSE if name in said}
    return ordered | {name: value for name, value in said.items() if name not in ordered}
