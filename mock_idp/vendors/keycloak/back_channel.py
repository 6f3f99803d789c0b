"""Tokens that come back to Keycloak.

Sources: TokenIntrospectionEndpoint, UserInfoEndpoint, TokenRevocationEndpoint and StandardTokenExchangeProvider of
keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.back_channel import UserinfoProblem
from mock_idp.vendors.context import Claims, IssuerContext, IssuerRequest
from mock_idp.vendors.keycloak.errors import NO_EXCHANGE, refusal
from mock_idp.vendors.keycloak.headers import SECURITY_HEADERS, UNFRAMED

INTROSPECTION_HEADERS: Headers = (("Cache-Control", "no-cache"), *SECURITY_HEADERS)
USERINFO_HEADERS: Headers = (("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache"), *SECURITY_HEADERS)
_HINTS = frozenset({"access_token", "refresh_token", "requesting_party_token"})
_OF_THE_MOMENT = ("clientHost", "clientAddress")
_TYPES = "urn:ietf:params:oauth:token-type:"
# Refresh tokens have a switch of the client, which is off.
_ISSUED_TYPES = tuple(_TYPES + name for name in ("access_token", "id_token"))
_USERINFO: Mapping[UserinfoProblem, tuple[int, str, str]] = {
    "bad": (401, "invalid_token", "Token verification failed"),
    "ended": (401, "invalid_token", "user_session_not_found"),
    "scope": (403, "insufficient_scope", "Missing openid scope"),
    "nobody": (401, "invalid_token", "User not found"),
}


def refuse_introspection(request: IssuerRequest, public: bool) -> Response | None:
    """Public clients, and hints that are none."""
    if public:
        return refusal(403, "invalid_request", "Client not allowed.")
    hint = request.form.get("token_type_hint", "access_token")
    if hint not in _HINTS or ("token_type_hint", "") in _pairs(request.body):
        return refusal(400, "invalid_request", "Unsupported token type.")
    return None


def tells_of(request: IssuerRequest, claims: Mapping[str, Any], refresh: bool) -> bool:
    """An access or ID token is for those in its `aud` (since 26.6.2), a refresh token for its client that says so."""
    is_called_refresh = request.form.get("token_type_hint") == "refresh_token"
    if refresh or is_called_refresh:
        return refresh and is_called_refresh and claims.get("azp") == request.client_id
    return bool(request.context.options["introspects_all"]) or is_for(request.client_id, claims)


def is_for(client_id: str | None, claims: Mapping[str, Any]) -> bool:
    """Whether a client is in the audience of a token."""
    audience = claims.get("aud")
    return client_id in (audience if isinstance(audience, list) else [audience])


def introspected(about: Claims, claims: Mapping[str, Any]) -> Claims:
    """The claims as they are, but not from where they were asked for; the name of the user, and `active` at the end."""
    said = {**about, **claims}
    for name in ("active", *_OF_THE_MOMENT):
        said.pop(name, None)
    if "preferred_username" in said:
        said.setdefault("username", said["preferred_username"])
    if said.get("typ") == "ID":
        said["token_type"] = "ID"
    last: Claims = {name: said.pop(name) for name in ("client_id", "username", "token_type") if name in said}
    return {**said, **last, "active": True}


def refuse_userinfo(context: IssuerContext, problem: UserinfoProblem) -> Response:
    """Nothing but the challenge (RFC 6750 section 3)."""
    realm = context.options["realm"]
    if problem == "none":
        return _challenge(401, f'Bearer realm="{realm}"')
    status, code, sentence = _USERINFO[problem]
    return _challenge(status, f'Bearer realm="{realm}", error="{code}", error_description="{sentence}"')


def refuse_revocation(claims: Mapping[str, Any]) -> Response | None:
    """An ID token ends by itself."""
    return refusal(400, "unsupported_token_type", "Unsupported token type") if claims.get("typ") == "ID" else None


def revoked_nothing() -> Response:
    """A success with an error in it."""
    return json_response(200, {"error": "invalid_token", "error_description": "Invalid token"}, SECURITY_HEADERS)


def refuse_exchange(request: IssuerRequest, public: bool, subject: Mapping[str, Any] | None) -> Response | None:
    """What its standard exchange leaves to others, and tokens that are for others."""
    if subject is None:
        sentence = _unsupported(request, public)
        return None if sentence is None else refusal(400, "invalid_request", sentence, cached=False)
    sentence = _not_exchanged(request, subject)
    if sentence is not None:
        return refusal(400, "invalid_request", sentence, cached=False)
    if request.client_id != subject.get("azp") and not is_for(request.client_id, subject):
        return refusal(403, "access_denied", "Client is not within the token audience", cached=False)
    return None


def _not_exchanged(request: IssuerRequest, subject: Mapping[str, Any]) -> str | None:
    if subject.get("typ") != "Bearer":
        return "Invalid token"
    usual = "" if ("requested_token_type", "") in _pairs(request.body) else _ISSUED_TYPES[0]
    wanted = request.form.get("requested_token_type", usual)
    return None if wanted in _ISSUED_TYPES else "requested_token_type unsupported"


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _unsupported(request: IssuerRequest, public: bool) -> str | None:
    form = request.form
    for name in ("requested_subject", "requested_issuer", "subject_issuer"):
        if name in form:
            return f"Parameter '{name}' is not supported for standard token exchange"
    if public:
        return NO_EXCHANGE
    empty = {name for name, value in _pairs(request.body) if not value}
    for name in ("subject_token", "subject_token_type"):
        if name not in form and name not in empty:
            return f"Parameter '{name}' required for standard token exchange"
    if form.get("subject_token_type") != _TYPES + "access_token":
        return "Parameter 'subject_token' supports access tokens only"
    return None


def _challenge(status: int, challenge: str) -> Response:
    caching = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
    said = (("WWW-Authenticate", challenge), ("Content-Type", "text/plain;charset=utf-8"))
    return Response(status, (*caching, *said, *UNFRAMED))
