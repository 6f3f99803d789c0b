"""Amazon Cognito, a user pool: a key for ID tokens and another for access tokens, which have no `aud`.

The issuer and its keys are on one host and the OAuth endpoints on the domain of the pool, or here on one host without
the option `domain`. Sources: AWS's Cognito developer guide; discovery documents and tokens in issue threads.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.base import Options, OptionSchemas, Vendor
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
)
from mock_idp.vendors.problems import Problem, standard_code

ID_TOKEN_KEY = "id-token"
"""The name of the key that signs ID tokens only."""


class Cognito(Vendor):
    """A user pool with a domain."""

    option_schemas: ClassVar[OptionSchemas] = {
        "user_pool": {
            "type": "string",
            "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]+_[A-Za-z0-9]{1,55}$",
            "default": "eu-west-1_MockIdp01",
            "description": "The id of the user pool, the path of the issuer.",
        },
        "domain": {
            "type": "string",
            "pattern": "^(https?://[A-Za-z0-9.:-]+|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$",
            "maxLength": 200,
            "default": "",
            "description": "The domain of the pool, which has the OAuth endpoints: a prefix at amazoncognito.com, or "
            "a URL; empty: the base URL.",
        },
        "client_scopes": {
            "type": "string",
            "maxLength": 2000,
            "default": "tasker-api/access",
            "description": "The custom scopes of the app client, which a token has when none is asked for.",
        },
        "aud": {
            "type": "string",
            "enum": ["absent", "string"],
            "default": "absent",
            "description": "string: an aud as a pre token generation trigger adds it.",
        },
    }
    default_permissions_claim = "scope"
    default_client_id = "4mockidp0client0of0cognito"

    jwk_members = ("alg", "e", "kid", "kty", "n", "use")
    published_order = ("previous", "current", "next")
    more_paths: ClassVar[Mapping[str, str]] = {"/login": "authorize"}

    grants = ("client_credentials", "authorization_code", "refresh_token")
    challenge_methods = ("S256",)
    audience_parameter = False
    resource_parameter = False
    refresh = "keep"
    id_token_key = ID_TOKEN_KEY

    def issuer(self, context: IssuerContext) -> str:
        return f"{context.base}/{context.options['user_pool']}"

    def jwks_path(self, options: Options) -> str:
        return f"/{options['user_pool']}/.well-known/jwks.json"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        return (f"/{options['user_pool']}/.well-known/openid-configuration",)

    def other_bases(self, context: IssuerContext) -> tuple[str, ...]:
        return (_domain(context),)

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        issuer = self.issuer(context)
        domain = _domain(context)
        return {
            "authorization_endpoint": f"{domain}/oauth2/authorize",
            "end_session_endpoint": f"{domain}/logout",
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "response_types_supported": ["code", "token"],
            "revocation_endpoint": f"{domain}/oauth2/revoke",
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint": f"{domain}/oauth2/token",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "userinfo_endpoint": f"{domain}/oauth2/userInfo",
        }

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return ("Content-Type", "application/json"), ("Cache-Control", "public, max-age=86400")

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        # Published, and never for access tokens, which is what "previous" means.
        return KeySettings(name=ID_TOKEN_KEY, state="previous"), KeySettings(state="current")

    def kid(self, key: KidSource) -> str:
        return kid.padded44(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return "cognito-idp"

    def token_error(self, problem: Problem) -> Response:
        # Always 400, and no description.
        return json_response(400, {"error": standard_code(problem.kind, problem.value)[0]}, self.token_headers()[1:])

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"kid": None, "alg": None}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        claims = self._machine(context, request) if request.kind == "machine" else self._user(context, request)
        if request.audience is not None or context.options["aud"] == "string":
            claims["aud"] = audience_of(context, request)
        if context.permissions_claim != "scope":
            # cognito:groups, or a claim that a pre token generation trigger adds.
            claims[context.permissions_claim] = list(request.permissions)
        return claims

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        return {"access_token": token, "expires_in": context.token_lifetime_seconds, "token_type": "Bearer"}

    def token_headers(self) -> Headers:
        caching = ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
        return ("Content-Type", "application/json;charset=UTF-8"), caching, ("Pragma", "no-cache")

    def subject_of(self, username: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, username))

    def anybody(self, username: str) -> Claims:
        claims = super().anybody(username)
        return {name: value for name, value in claims.items() if name != "preferred_username"}

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        return {}

    def claim_scopes(self, scope: tuple[str, ...]) -> tuple[str, ...]:
        """With openid alone all attributes that the app client can read; else those of the scopes."""
        return scope if {"profile", "email", "phone"} & {*scope} else (*scope, "profile", "email", "phone", "address")

    def userinfo(self, claims: Claims, request: IdTokenRequest) -> Claims:
        """Booleans are text there, and in ID tokens they are none."""
        said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in claims.items()}
        return {**said, "username": request.username}

    def step_up_claims(self, asked: StepUp, token: TokenPlace) -> Claims:
        return {}

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        return {
            "cognito:username": request.username,
            "origin_jti": str(uuid.uuid4()),
            "event_id": str(uuid.uuid4()),
            "token_use": "id",
            "jti": str(uuid.uuid4()),
        }

    def _machine(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        client_id = request.client_id or self.default_client_id
        return {
            "sub": request.subject if request.subject is not None else client_id,
            "token_use": "access",
            "scope": _scope(context, request, str(context.options["client_scopes"])),
            "auth_time": iat,
            "iss": self.issuer(context),
            "exp": exp,
            "iat": iat,
            "version": 2,
            "jti": str(uuid.uuid4()),
            "client_id": client_id,
        }

    def _user(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        return {
            "sub": request.subject if request.subject is not None else self.subject_of("user-1"),
            "iss": self.issuer(context),
            "version": 2,
            "client_id": request.client_id or self.default_client_id,
            "origin_jti": str(uuid.uuid4()),
            "event_id": str(uuid.uuid4()),
            "token_use": "access",
            "scope": _scope(context, request, "openid email"),
            "auth_time": iat,
            "exp": exp,
            "iat": iat,
            "jti": str(uuid.uuid4()),
            "username": "user-1",
        }


def _domain(context: IssuerContext) -> str:
    """The URL below which the OAuth endpoints are, with scheme, port and path of the base URL."""
    domain, base = str(context.options["domain"]), urlsplit(context.base)
    if not domain:
        return context.base
    if "://" in domain:
        return domain + base.path
    region = str(context.options["user_pool"]).partition("_")[0]
    port = "" if base.port is None else f":{base.port}"
    return f"{base.scheme}://{domain}.auth.{region}.amazoncognito.com{port}{base.path}"


def _scope(context: IssuerContext, request: TokenRequest, usual: str) -> str:
    """One string; with another claim for the permissions it has the scopes that the client was given."""
    if request.permissions and context.permissions_claim == "scope":
        return " ".join(request.permissions)
    return usual
