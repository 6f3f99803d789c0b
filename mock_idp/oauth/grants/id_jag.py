"""Identity assertion grants (draft-ietf-oauth-identity-assertion-authz-grant; MCP's enterprise-managed authorization).

The identity provider exchanges an ID token for a grant that is addressed to the authorization server of somebody else,
and that server makes an access token of it. Both are issuers of one mock here, so that the one knows the keys of the
other.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, UserGrant
from mock_idp.issuer.store import digest
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.jose.verification import Jws
from mock_idp.oauth.client_assertion import check_times
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.own_tokens import OwnToken, is_ours
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope, is_resource, unique
from mock_idp.oauth.token_response import token_response
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.settings import ClientSettings, UserSettings
from mock_idp.vendors.context import Claims
from mock_idp.vendors.grant_types import ID_JAG, JWT_BEARER

TYP = "oauth-id-jag+jwt"
LIFETIME_SECONDS = 300
_LEEWAY_SECONDS = 60


def issued(request: FlowRequest, client: ClientSettings, form: Mapping[str, str], subject: OwnToken) -> Response:
    """The grant for the user of an ID token of this client (section 4.3): `audience` is the issuer of the other server,
    `resource` the service behind it.

    Raises OAuthError `missing_parameter`, `bad_subject_token`, `bad_resource` and those of scopes.
    """
    for name in ("audience", "resource"):
        if name not in form:
            raise OAuthError("missing_parameter", name)
    if client.id not in _each(subject.claims.get("aud")):
        raise OAuthError("bad_subject_token", "it is no ID token of this client")
    if not is_resource(form["resource"]):
        raise OAuthError("bad_resource", form["resource"])
    scope = granted_scope(request, client, form)
    now = int(request.now)
    claims: Claims = {
        "iss": request.identifier,
        "sub": subject.claims.get("sub"),
        "aud": form["audience"],
        "client_id": client.id,
        "jti": str(uuid.uuid4()),
        "exp": now + LIFETIME_SECONDS,
        "iat": now,
        "resource": form["resource"],
        **({"scope": " ".join(scope)} if scope else {}),
        **{name: subject.claims[name] for name in ("auth_time", "email", "acr", "amr") if name in subject.claims},
    }
    spec = TokenSpec(kind="user", header={"typ": TYP})
    token = request.issuer.mint(spec, request.context, place="access_token", claims=claims).token
    document: dict[str, Any] = {
        "issued_token_type": ID_JAG,
        "access_token": token,
        # RFC 8693 section 2.2.1: what is no access token is none of its types.
        "token_type": "N_A",
        "expires_in": LIFETIME_SECONDS,
    }
    return token_response(request, document | ({"scope": " ".join(scope)} if scope else {}))


def taken(request: FlowRequest, client: ClientSettings, form: Mapping[str, str], jws: Jws) -> Response:
    """An access token for the resource of a grant that another issuer of this mock has signed (section 4.4), without a
    refresh token: its client asks for another grant.

    Raises OAuthError `bad_assertion` and those of scopes and audiences.
    """
    claims = _checked(request, client, jws)
    resource = claims.get("resource")
    resources = [resource] if isinstance(resource, str) else resource
    if not isinstance(resources, list) or not resources or not all(isinstance(one, str) for one in resources):
        raise _bad("it names no resource")
    user = request.issuer.clients.user_of_subject(claims["sub"]) or UserSettings(
        claims["sub"], subject=claims["sub"], anonymous=True
    )
    granted = UserGrant(
        client_id=client.id,
        user=user,
        scope=_scope(request, client, form, claims),
        audience=granted_audience(request, client, {"resource": " ".join(resources)}),
        auth_time=int(request.now),
        session_id=request.issuer.vendor.session_id(secrets.token_hex(16)),
        grant_type=JWT_BEARER,
    )
    return user_token_response(request, client, Family(granted), granted.scope, refresh=False)


def _checked(request: FlowRequest, client: ClientSettings, jws: Jws) -> dict[str, Any]:
    claims = jws.claims
    neighbours = request.issuer.neighbours()
    signer = next((one for one in neighbours if one.issuer == claims.get("iss") and one is not request.issuer), None)
    if signer is None:
        raise _bad("its iss is no other issuer of this server")
    if not is_ours(signer, jws):
        raise _bad("its signature is not that of its issuer")
    exp = check_times(claims, request.now, _bad)
    if claims.get("aud") != request.identifier:
        raise _bad("its aud is not this issuer")
    if claims.get("client_id") != client.id:
        raise _bad("its client_id is another client")
    if not isinstance(claims.get("sub"), str) or not isinstance(claims.get("jti"), str):
        raise _bad("it has no sub or jti")
    once = digest(f"{claims['iss']} {claims['jti']}")
    if not request.issuer.flows.assertions.put_new(once, True, exp + _LEEWAY_SECONDS, request.now):
        raise _bad("its jti was used before")
    return claims


def _scope(
    request: FlowRequest, client: ClientSettings, form: Mapping[str, str], claims: Mapping[str, Any]
) -> tuple[str, ...]:
    """The scope of the grant, or the part of it that is asked for."""
    named = claims.get("scope", "")
    given = unique(named.split()) if isinstance(named, str) else ()
    asked = unique(form.get("scope", "").split())
    for word in asked:
        if word not in given:
            raise OAuthError("scope_not_allowed", word)
    return granted_scope(request, client, {"scope": " ".join(asked or given)})


def _each(audience: Any) -> list[Any]:
    return audience if isinstance(audience, list) else [audience]


def _bad(reason: str) -> OAuthError:
    return OAuthError("bad_assertion", reason)
