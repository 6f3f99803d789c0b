"""Microsoft Entra ID: several keys always, each with its `issuer` and none with an `alg`; v2.0 tokens, or v1.0 ones.

Sources: Microsoft's "Access tokens", "Signing key rollover", "OpenID Connect"; recorded answers.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from mock_idp.answer import Answer, Headers
from mock_idp.jose import kid
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER
from mock_idp.oauth.problems import Problem
from mock_idp.providers import entra_discovery, entra_errors, entra_instance, entra_v1
from mock_idp.providers.base import Claims, KeyTimes, Place, RotationHabit, TokenRequest
from mock_idp.providers.entra_claims import CLIENT_ID, access_claims, api_scopes, id_token_claims, issued_for, pairwise
from mock_idp.providers.flows import DEVICE_CODE, JWT_BEARER, Flows
from mock_idp.providers.hooks import IdTokenRequest, UserAnswer, nothing_more
from mock_idp.settings import KeySettings

HOME_TENANT = "8b7d1f5e-4c0a-4e7b-9b52-0c3d5a6f7e81"
"""The tenant of tokens from an issuer that serves the document for all tenants."""
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal accounts."""
_GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SHARED = ("common", "organizations")
_P3P = ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"')


def _choice(about: str, *words: str) -> dict[str, Any]:
    """An option that is one of these words, the first unless said otherwise."""
    return {"type": "string", "enum": list(words), "default": words[0], "description": about}


class Entra:
    """A tenant of Entra ID, or the document for all of them."""

    name = "entra"
    default_permissions_claim = "roles"
    default_token_lifetime_seconds = 3600
    default_client_id = CLIENT_ID
    rotation_habit: RotationHabit = "prepublished"
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]] = {
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
        "lifetime": _choice("random: each token is good for 3600 to 5400 seconds.", "fixed", "random"),
    }
    jwk_members: tuple[str, ...] = ("kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer")
    request_id_header: str | None = "x-ms-request-id"
    published_order = DEFAULT_PUBLISHED_ORDER
    accepts_json_token_requests = False
    flows = Flows(
        grants=("client_credentials", "authorization_code", "refresh_token", "password", DEVICE_CODE, JWT_BEARER),
        audience_parameter=False,
        refresh="reissue",
        refresh_lifetime_seconds=90 * 86_400,
        needs_offline_access=lambda place: not entra_v1.is_v1(place),
        needs_scope=lambda place: not entra_v1.is_v1(place),
        resource_of_tokens=entra_v1.is_v1,
        device_page="{base}/common/oauth2/deviceauth",
        device_response=entra_v1.device_response,
        subject_of=pairwise,
        id_token_extra=lambda request: _id_token(request),
        scope_words=api_scopes,
        user_response=lambda document, answer: _user_response(document, answer),
        refuse_client=entra_errors.refuse_client,
        refuse_authorization=entra_errors.refuse_authorization,
        not_served=lambda asked: entra_instance.user_realm(asked) or entra_errors.not_served(asked),
        user_claims=nothing_more,
    )

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        own = tuple(KeySettings(state=state) for state in ("previous", "current", "next", "next"))
        issuer = f"/{CONSUMERS}/v2.0" if options["tenant"] in _SHARED else None
        return *own, KeySettings(state="previous", issuer=issuer)

    def kid(self, key: KidSource) -> str:
        return kid.x5t27(key)

    def certificate_name(self, place: Place) -> str:
        return "accounts.accesscontrol.windows.net"

    def issuer(self, place: Place) -> str:
        return _issuer(place, v1=place.options["version"] == "1.0")

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        return f"/{options['tenant']}/discovery/v2.0/keys"

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        tenant = options["tenant"]
        return f"/{tenant}/v2.0/.well-known/openid-configuration", f"/{tenant}/.well-known/openid-configuration"

    def token_path(self, options: Mapping[str, Any]) -> str:
        return f"/{options['tenant']}/oauth2/v2.0/token"

    def discovery(self, place: Place) -> dict[str, Any]:
        tenant = str(place.options["tenant"])
        issuer = f"{place.base}/{_announced(tenant)}/v2.0"
        return entra_discovery.v2_document(place.base, tenant, issuer, _region(place.options))

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        tenant = str(place.options["tenant"])
        issuer = entra_v1.v1_issuer(place.base, _announced(tenant))
        older = entra_discovery.v1_document(place.base, tenant, issuer, _region(place.options))
        more: dict[str, dict[str, Any] | None] = {
            f"/{tenant}/.well-known/openid-configuration": older,
            f"/{tenant}/discovery/keys": None,
            entra_instance.INSTANCE_DISCOVERY: entra_instance.instance_document(place.base, tenant),
        }
        if tenant in _SHARED:
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

    def token_headers(self) -> Headers:
        caching = (("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache"))
        return *caching, ("Content-Type", "application/json; charset=utf-8"), _P3P

    def request_id(self, number: int) -> str:
        return str(uuid.UUID(int=number, version=4))

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        nonce = {"nonce": secrets.token_urlsafe(32)} if options["graph_nonce"] == "present" else {}
        x5t = {"x5t": None} if options["version"] == "1.0" else {}
        return {"typ": "JWT", **nonce, "alg": None, **x5t, "kid": None}

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        return access_claims(place, request, self.issuer(place), _tenant_id(place.options))

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        # A second less than the token has: it took its time to be sent.
        seconds = issued_for(place, token) - 1
        if entra_v1.is_v1(place):
            return entra_v1.token_response(token, seconds)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}

    def token_error(self, problem: Problem) -> Answer:
        return entra_errors.token_error(problem, str(problem.place.options["tenant"]))


def _tenant_id(options: Mapping[str, Any]) -> str:
    """The `tid` of tokens."""
    return HOME_TENANT if options["tenant"] in _SHARED else str(options["tenant"])


def _announced(tenant: str) -> str:
    """The tenant in the issuer of a discovery document; for all tenants a placeholder, braces and all."""
    return "{tenantid}" if tenant in _SHARED else tenant


def _region(options: Mapping[str, Any]) -> str | None:
    return None if options["tenant"] in _SHARED else options["region"] or None


def _issuer(place: Place, v1: bool) -> str:
    tenant_id = _tenant_id(place.options)
    return entra_v1.v1_issuer(place.base, tenant_id) if v1 else f"{place.base}/{tenant_id}/v2.0"


def _id_token(request: IdTokenRequest) -> Claims:
    # The endpoint says which version an ID token has; that of access tokens is the API's affair.
    v1 = entra_v1.is_v1(request.place)
    iss = {"iss": _issuer(request.place, v1)}
    return iss | id_token_claims(_tenant_id(request.place.options), request.username, request.subject, v1)


def _user_response(document: dict[str, Any], answer: UserAnswer) -> dict[str, Any]:
    """The members of a token response for a user: the scope stands behind the type, without offline_access."""
    scope = " ".join(word for word in answer.scope if word != "offline_access")
    said = {"token_type": document["token_type"], **({"scope": scope} if scope else {}), **document}
    tenant_id = _tenant_id(answer.place.options)
    return said | entra_instance.client_info(tenant_id, answer.subject, answer.parameters())
