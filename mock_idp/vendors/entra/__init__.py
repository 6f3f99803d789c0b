"""Microsoft Entra ID: several keys always, each with its `issuer` and none with an `alg`; v2.0 tokens, or v1.0 ones.

Sources: Microsoft's "Access tokens", "Signing key rollover", "OpenID Connect"; recorded answers.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from mock_idp.http11.response import Headers, Response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.kid import KidSource
from mock_idp.vendors.base import Options, OptionSchemas, Vendor
from mock_idp.vendors.context import (
    Claims,
    IdTokenRequest,
    IssuerContext,
    IssuerRequest,
    KeyTimes,
    StepUp,
    TokenPlace,
    TokenRequest,
    TokenResponseContext,
)
from mock_idp.vendors.entra import discovery, errors, instance, people, scopes, v1
from mock_idp.vendors.entra.claims import CLIENT_ID, access_claims, api_scopes, issued_for, pairwise
from mock_idp.vendors.entra.people import SHARED
from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER
from mock_idp.vendors.problems import Problem

HOME_TENANT = "8b7d1f5e-4c0a-4e7b-9b52-0c3d5a6f7e81"
"""The tenant of tokens from an issuer that serves the document for all tenants."""
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal accounts."""
_GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_P3P = ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"')


def _choice(about: str, *words: str) -> dict[str, Any]:
    """An option that is one of these words, the first unless said otherwise."""
    return {"type": "string", "enum": list(words), "default": words[0], "description": about}


class Entra(Vendor):
    """A tenant of Entra ID, or the document for all of them."""

    option_schemas: ClassVar[OptionSchemas] = {
        "tenant": {
            "type": "string",
            "pattern": f"^({_GUID}|common|organizations)$",
            "default": HOME_TENANT,
            "description": "The tenant in every path; common and organizations announce an issuer with {tenantid}.",
        },
        "region": {
            "type": "string",
            "pattern": "^[A-Z]{0,4}$",
            "default": "EU",
            "description": "The tenant_region_scope of the discovery document; empty for null.",
        },
        "version": _choice("The version of access tokens, which the API's manifest chooses.", "2.0", "1.0"),
        "graph_nonce": _choice(
            "present makes tokens as for Microsoft Graph, whose header nonce nobody else can verify.",
            *("absent", "present"),
        ),
        "user_permissions": _choice("Where tokens of users have what they grant.", "scp", "roles", "both"),
        "groups": _choice("Group ids in tokens of users, or where to ask for them.", "absent", "listed", "overage"),
        "wids": _choice("The directory roles of the user.", "absent", "present"),
        "resources": {
            "type": "string",
            "maxLength": 2000,
            "default": "",
            "description": "The resources there are, separated by blanks, as a scope names them; empty: any.",
        },
        "optional_claims": {
            "type": "string",
            "pattern": "^[a-z_ ]*$",
            "maxLength": 200,
            "default": "",
            "description": "The optional claims of ID tokens of version 2.0, separated by blanks: family_name, "
            "given_name, upn.",
        },
        "lifetime": _choice("random: each token is good for 3600 to 5400 seconds.", "fixed", "random"),
    }
    default_permissions_claim = "roles"
    default_client_id = CLIENT_ID

    rotation_habit = "prepublished"
    jwk_members = ("kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer")
    request_id_header = "x-ms-request-id"

    grants = ("client_credentials", "authorization_code", "refresh_token", "password", DEVICE_CODE, JWT_BEARER)
    audience_parameter = False
    device_page = "{base}/common/oauth2/deviceauth"
    refresh = "reissue"
    access_token_hash = False
    # Microsoft's "Send a sign-out request" has no client_id, and its libraries send none.
    logout_names_client = False
    refresh_lifetime_seconds = 90 * 86_400

    def issuer(self, context: IssuerContext) -> str:
        return _issuer(context, version_1=context.options["version"] == "1.0")

    def jwks_path(self, options: Options) -> str:
        return f"/{options['tenant']}/discovery/v2.0/keys"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        tenant = options["tenant"]
        return f"/{tenant}/v2.0/.well-known/openid-configuration", f"/{tenant}/.well-known/openid-configuration"

    def token_path(self, options: Options) -> str:
        return f"/{options['tenant']}/oauth2/v2.0/token"

    def not_served(self, request: IssuerRequest) -> Response | None:
        return instance.user_realm(request) or errors.not_served(request)

    def request_id(self, number: int) -> str:
        return str(uuid.UUID(int=number, version=4))

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        tenant = str(context.options["tenant"])
        issuer = f"{context.base}/{_announced(tenant)}/v2.0"
        return discovery.v2_document(context.base, tenant, issuer, _region(context.options))

    def more_documents(self, context: IssuerContext) -> Mapping[str, dict[str, Any] | None]:
        tenant = str(context.options["tenant"])
        issuer = v1.v1_issuer(context.base, _announced(tenant))
        older = discovery.v1_document(context.base, tenant, issuer, _region(context.options))
        more: dict[str, dict[str, Any] | None] = {
            f"/{tenant}/.well-known/openid-configuration": older,
            f"/{tenant}/discovery/keys": None,
            instance.INSTANCE_DISCOVERY: instance.instance_document(context.base, tenant),
        }
        if tenant in SHARED:
            # Services that fill in {tenantid} fetch the keys of the tenant they know.
            more[f"/{HOME_TENANT}/discovery/v2.0/keys"] = None
        return more

    def jwks_headers(self, times: KeyTimes) -> Headers:
        return (
            ("Cache-Control", "max-age=86400, private"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", "GET, OPTIONS"),
            _P3P,
            ("x-ms-ests-server", "2.1.0 - MOCK ProdSlices"),
            ("X-XSS-Protection", "0"),
        )

    def discovery_headers(self, times: KeyTimes) -> Headers:
        cookies = (
            *("fpc=mock; path=/; HttpOnly; SameSite=None", "esctx=mock; path=/; HttpOnly; SameSite=None"),
            *("x-ms-gateway-slice=estsfd; path=/; HttpOnly", "stsservicecookie=estsfd; path=/; HttpOnly"),
        )
        return *self.jwks_headers(times), *(("Set-Cookie", cookie) for cookie in cookies)

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        own = tuple(KeySettings(state=state) for state in ("previous", "current", "next", "next"))
        issuer = f"/{CONSUMERS}/v2.0" if options["tenant"] in SHARED else None
        return *own, KeySettings(state="previous", issuer=issuer)

    def kid(self, key: KidSource) -> str:
        return kid.x5t27(key)

    def certificate_name(self, context: IssuerContext) -> str:
        return "accounts.accesscontrol.windows.net"

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        return errors.refuse_client(request)

    def refuse_authorization(self, request: IssuerRequest) -> tuple[str, str] | None:
        return errors.refuse_authorization(request)

    def needs_scope(self, context: IssuerContext) -> bool:
        return not v1.is_v1(context)

    def has_scope(self, word: str, declared: Collection[str]) -> bool:
        return scopes.has_scope(word, declared)

    def resource_of_tokens(self, context: IssuerContext) -> bool:
        return v1.is_v1(context)

    def token_error(self, problem: Problem) -> Response:
        return errors.token_error(problem, str(problem.request.context.options["tenant"]))

    def token_header(self, options: Options) -> dict[str, Any]:
        nonce = {"nonce": secrets.token_urlsafe(32)} if options["graph_nonce"] == "present" else {}
        x5t = {"x5t": None} if options["version"] == "1.0" else {}
        return {"typ": "JWT", **nonce, "alg": None, **x5t, "kid": None}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        return access_claims(context, request, self.issuer(context), _tenant_id(context.options))

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        # A second less than the token has: it took its time to be sent.
        seconds = issued_for(context, token) - 1
        if v1.is_v1(context):
            return v1.token_response(token, seconds)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json; charset=utf-8"), _P3P

    def subject_of(self, username: str) -> str:
        return pairwise(username)

    def anybody(self, username: str) -> Claims:
        names = ("name", "given_name", "family_name", "email")
        return {name: value for name, value in super().anybody(username).items() if name in names}

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        return {}

    def context_of_user(self, context: IssuerContext, known: Mapping[str, Any]) -> IssuerContext:
        return people.in_their_tenant(context, known)

    def auth_time_of(self, grant_type: str) -> bool:
        return False

    def id_token_names(self, request: IdTokenRequest) -> frozenset[str] | None:
        return people.id_token_names(request)

    def userinfo(self, claims: Claims, request: IdTokenRequest) -> Claims:
        return people.userinfo(claims, request.scope)

    def scope_words(self, scope: tuple[str, ...]) -> list[str]:
        return api_scopes(scope)

    def step_up_claims(self, asked: StepUp, token: TokenPlace) -> Claims:
        """Authentication contexts have a claim of their own, which `claims` asks for; `acr_values` is not read."""
        values = asked.wanted(token, "acrs")
        return {"acrs": list(values)} if values else {}

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        # The endpoint says which version an ID token has; that of access tokens is the API's affair.
        version_1 = v1.is_v1(request.context)
        iss = {"iss": _issuer(request.context, version_1)}
        return iss | people.id_token_claims(_tenant_id(request.context.options), request, version_1)

    def user_response(self, document: dict[str, Any], about: TokenResponseContext) -> dict[str, Any]:
        """The scope stands behind the type, without offline_access."""
        scope = " ".join(word for word in about.scope if word != "offline_access")
        said = {"token_type": document["token_type"], **({"scope": scope} if scope else {}), **document}
        tenant_id = _tenant_id(about.context.options)
        return said | instance.client_info(tenant_id, about.subject, about.parameters())

    def needs_offline_access(self, context: IssuerContext) -> bool:
        return not v1.is_v1(context)

    def device_response(self, document: dict[str, Any], context: IssuerContext) -> dict[str, Any]:
        return v1.device_response(document, context)


def _tenant_id(options: Options) -> str:
    """The `tid` of tokens."""
    return HOME_TENANT if options["tenant"] in SHARED else str(options["tenant"])


def _announced(tenant: str) -> str:
    """The tenant in the issuer of a discovery document; for all tenants a placeholder, braces and all."""
    return "{tenantid}" if tenant in SHARED else tenant


def _region(options: Options) -> str | None:
    return None if options["tenant"] in SHARED else options["region"] or None


def _issuer(context: IssuerContext, version_1: bool) -> str:
    tenant_id = _tenant_id(context.options)
    return v1.v1_issuer(context.base, tenant_id) if version_1 else f"{context.base}/{tenant_id}/v2.0"
