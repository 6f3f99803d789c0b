"""Keycloak 26: realm paths, an encryption key beside the signing key, client roles mapped to a claim.

Sources: keycloak/keycloak KeyUtils.createKeyId, OIDCLoginProtocolService, AccessTokenContext; a live 26.7.1 server.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.back_channel import UserinfoProblem
from mock_idp.vendors.base import Options, OptionSchemas, Vendor
from mock_idp.vendors.browser_apps import Cookie
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
from mock_idp.vendors.keycloak import back_channel, browser_apps, claims, discovery, errors, pushed_requests, switches
from mock_idp.vendors.keycloak.answers import Answers
from mock_idp.vendors.keycloak.devices import KeycloakDevices
from mock_idp.vendors.keycloak.headers import SECURITY_HEADERS
from mock_idp.vendors.keycloak.logout import Logout
from mock_idp.vendors.keycloak.refresh import header_bytes, refresh_token
from mock_idp.vendors.problems import Problem
from mock_idp.vendors.two_names import BACK_CHANNEL

_USER_RESPONSE = (
    *("access_token", "expires_in", "refresh_expires_in", "refresh_token", "token_type", "id_token"),
    *("not-before-policy", "session_state", "scope"),
)


def _clients(about: str) -> dict[str, Any]:
    """An option that lists client ids."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": 100, "default": [], "description": about}


class Keycloak(Answers, KeycloakDevices, Logout, Vendor):
    """A realm of a Keycloak server."""

    judged_by_default = True
    judged_options = MappingProxyType({"aud": "string", "first_key": "sig"})
    option_schemas: ClassVar[OptionSchemas] = {
        "realm": {
            "type": "string",
            "pattern": "^[A-Za-z0-9._-]{1,64}$",
            "default": "tasker",
            "description": "The realm, part of the issuer and of every path.",
        },
        "aud": {
            "type": "string",
            "enum": ["array", "account", "string", "absent"],
            "default": "array",
            "description": "array with the audience mapper of an API, account without; string and absent where the "
            "client has no full scope, with that mapper and without.",
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
            "description": "all refuses requests to an http URL, for documents too.",
        },
        "introspects_all": {
            "type": "boolean",
            "default": False,
            "description": "Whether introspection tells clients of tokens whose aud they are not in, as before 26.6.2.",
        },
        "first_key": {
            "type": "string",
            "enum": ["enc", "sig"],
            "default": "enc",
            "description": "Which key of a fresh realm comes first in the JWKS; in a real one that is chance.",
        },
        "realm_enabled": {
            "type": "boolean",
            "default": True,
            "description": "false refuses all requests but those for documents and userinfo and to log out.",
        },
        "bearer_only_clients": _clients("Clients that are an API and get no tokens."),
        "dpop_clients": _clients("Clients whose requests need a DPoP proof."),
    }
    default_token_lifetime_seconds = 300
    default_client_id = claims.CLIENT_ID

    jwk_members = ("kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e")
    path_ends = ("", "/")
    keys_by_priority = True
    certificate_families = ("RSA",)
    certificate_version = 1
    makes_missing_key = True
    # A disabled key is as good as none.
    dead_states = frozenset({"hidden", "revoked", "retired"})
    jwk_set_media_type = "application/jwk-set+json"
    login_by_email = True
    redirect_status = 302
    needs_redirect_uri = True
    required_challenge_method = "S256"
    parameter_words = MappingProxyType({"missing": "Missing parameter: {name}", "invalid": "Invalid parameter: {name}"})
    undescribed_errors = frozenset({"login_required", "unsupported_response_type"})

    example_credentials = "form"
    duplicates_last = True
    audience_parameter = False
    resource_parameter = False
    device_page = "{issuer}/device"
    # Source: Keycloak, `org.keycloak.protocol.oidc.OIDCWellKnownProvider`, which has these two for browsers.
    back_endpoints = tuple({*BACK_CHANNEL} - {"revocation_endpoint", "device_authorization_endpoint"})
    default_scopes = claims.DEFAULT_SCOPES
    client_roles_for_users = False
    refresh_narrows = True
    # A login that is only remembered is of no level of assurance.
    signed_on_claims = MappingProxyType({"acr": "0"})
    more_scopes = claims.MORE_SCOPES
    id_token_order = claims.ID_TOKEN_ORDER
    refresh = "reissue"
    refresh_lifetime_seconds = 1800
    offline_lifetime_seconds = 30 * 86_400
    guarded_endpoints = frozenset({"authorize", "introspect", "revoke", "device_authorization", "device_page", "par"})
    reads_empty_values = True
    form_credentials_first = True
    userinfo_for_id_tokens = False
    ungated_grants = frozenset({"refresh_token"})
    revoked_headers = ()
    introspection_headers = back_channel.INTROSPECTION_HEADERS
    userinfo_headers = back_channel.USERINFO_HEADERS
    audiences_are_clients = True
    exchange_in_session = True
    pushed_headers = SECURITY_HEADERS
    takes_beside_pushed = True
    takes_own_assertion = False

    def issuer(self, context: IssuerContext) -> str:
        return context.base + _realm(context.options)

    def jwks_path(self, options: Options) -> str:
        return _realm(options) + "/protocol/openid-connect/certs"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        realm = _realm(options)
        return f"{realm}/.well-known/openid-configuration", f"{realm}/.well-known/oauth-authorization-server"

    def token_path(self, options: Options) -> str:
        return _realm(options) + "/protocol/openid-connect/token"

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

    def page_paths(self, context: IssuerContext) -> Mapping[str, str]:
        return browser_apps.page_paths(_realm(context.options))

    def session_cookie(self, context: IssuerContext, session_id: str) -> Cookie | None:
        return browser_apps.session_cookie(self.issuer(context), session_id)

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Cache-Control", "no-cache"), ("Content-Type", "application/json"), *SECURITY_HEADERS

    def key_document_headers(self, times: KeyTimes) -> Headers:
        return ("Cache-Control", "no-cache"), ("Content-Type", "application/json;charset=UTF-8"), *SECURITY_HEADERS

    def discovery_headers(self, times: KeyTimes) -> Headers:
        caching = ("Cache-Control", "no-cache, must-revalidate, no-transform, no-store")
        return caching, ("Content-Type", "application/json"), *SECURITY_HEADERS

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        # The encryption key is published and never signs, which is what "previous" means.
        keys = KeySettings(state="current"), KeySettings(state="previous", algorithm="RS256", use="enc")
        return keys if options["first_key"] == "sig" else keys[::-1]

    def kid(self, key: KidSource) -> str:
        return kid.spki43(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return str(context.options["realm"])

    def refuse_request(self, request: IssuerRequest) -> Response | None:
        return switches.refuse_request(request)

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        return switches.refuse_client(request)

    def refuse_client_beside(self, request: IssuerRequest) -> Response | None:
        return switches.refuse_client_beside(request)

    def refuse_token_logout(self, context: IssuerContext) -> Response | None:
        return switches.refuse_logout(context)

    def refuse_introspection(self, request: IssuerRequest, public: bool) -> Response | None:
        return back_channel.refuse_introspection(request, public)

    def tells_of(self, request: IssuerRequest, claims: Mapping[str, Any], refresh: bool) -> bool:
        return back_channel.tells_of(request, claims, refresh)

    def introspected(self, about: Claims, claims: Mapping[str, Any]) -> Claims:
        return back_channel.introspected(about, claims)

    def refuse_userinfo(self, context: IssuerContext, problem: UserinfoProblem) -> Response | None:
        return back_channel.refuse_userinfo(context, problem)

    def refuse_revocation(self, claims: Mapping[str, Any]) -> Response | None:
        return back_channel.refuse_revocation(claims)

    def revoked_nothing(self) -> Response | None:
        return back_channel.revoked_nothing()

    def pushed_id(self) -> str:
        return claims.random_id()

    def refuse_pushed(self, request: IssuerRequest, code: str, description: str) -> Response | None:
        return pushed_requests.refuse_pushed(request, code, description)

    def exchange_audiences(self, context: IssuerContext) -> tuple[str, ...]:
        return claims.audiences(context)

    def refuse_exchange(
        self, request: IssuerRequest, public: bool, subject: Mapping[str, Any] | None
    ) -> Response | None:
        return back_channel.refuse_exchange(request, public, subject)

    def refuse_origin(self, request: IssuerRequest) -> Response | None:
        return json_response(403, {"error": "Invalid origin"}, errors.TOKEN_HEADERS)

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem)

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"alg": None, "typ": options["typ"], "kid": None}

    def header_bytes(self, members: Mapping[str, Any]) -> bytes | None:
        return header_bytes(members)

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
            "scope": " ".join(claims.scope_words(tuple(scope.split()))),
        }

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json"), *SECURITY_HEADERS

    def subject_of(self, username: str) -> str:
        return claims.lasting_id(username)

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        return claims.user_claims(username, declared)

    def scope_words(self, scope: tuple[str, ...]) -> list[str]:
        return claims.scope_words(scope)

    def usual_scope(self, declared: tuple[str, ...]) -> tuple[str, ...]:
        """Nobody logs in, and no session goes offline, without having asked for it."""
        return tuple(word for word in declared if word not in ("openid", "offline_access"))

    def code(self, session_id: str) -> str:
        return claims.code(session_id)

    def sent_back(self, parameters: dict[str, str], session_id: str) -> dict[str, str]:
        """A code comes last, behind the session."""
        if "code" not in parameters:
            return parameters
        said = {**parameters, "session_state": session_id}
        return {name: said[name] for name in ("state", "session_state", "iss", "code") if name in said}

    def session_id(self, login: str) -> str:
        return claims.session_id(login)

    def account_of_client(self, context: IssuerContext, client_id: str) -> Claims | None:
        return claims.account_of_client(context, client_id)

    def auth_time_of(self, grant_type: str) -> bool:
        return claims.in_browser(grant_type)

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        return claims.id_token_claims(request)

    def user_response(self, document: dict[str, Any], about: TokenResponseContext) -> dict[str, Any]:
        """The members in Keycloak's order, with the session, which is `sid` in tokens."""
        return _ordered({**document, "session_state": about.session_id})

    def machine_response(self, document: dict[str, Any]) -> dict[str, Any]:
        return _ordered(document)

    def refresh_token(self, request: RefreshTokenRequest) -> str:
        return refresh_token(request)


def _ordered(said: dict[str, Any]) -> dict[str, Any]:
    ordered = {name: said[name] for name in _USER_RESPONSE if name in said}
    return ordered | {name: value for name, value in said.items() if name not in ordered}


def _realm(options: Options) -> str:
    return f"{options['base_path']}/realms/{options['realm']}"
