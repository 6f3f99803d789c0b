"""Google's tokeninfo: what is in one of its tokens, for those who don't read it themselves. Every value is text.

Source: Google, "Verify the Google ID token on your server side"; google-auth-library's `getTokenInfo`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.store import digest
from mock_idp.jose.verification import read_jws
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form, read_query
from mock_idp.oauth.own_tokens import own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import claims_of, person_of


def respond(request: FlowRequest) -> Response:
    """The claims and header of the parameter `id_token`, or what is known of `access_token` or of a bearer token."""
    try:
        given = read_query(request.query) | (read_form(request.content_type, request.body) if request.body else {})
    except OAuthError:
        given = {}
    scheme, _, bearer = request.authorization.partition(" ")
    access_token = given.get("access_token") or (bearer.strip() if scheme.lower() == "bearer" else "")
    about = _of_id_token(request, given["id_token"]) if "id_token" in given else _of_access_token(request, access_token)
    if about is None:
        return json_response(400, {"error": "invalid_token", "error_description": "Invalid Value"})
    return json_response(200, {name: _as_text(value) for name, value in about.items()})


def _of_id_token(request: FlowRequest, text: str) -> Mapping[str, Any] | None:
    token = own_token(request.issuer, text)
    if token is None or not token.claims:
        return None
    jws = read_jws(text)
    return {**jws.claims, "alg": jws.alg, **({"kid": jws.kid} if jws.kid is not None else {}), "typ": "JWT"}


def _of_access_token(request: FlowRequest, text: str) -> Mapping[str, Any] | None:
    token = own_token(request.issuer, text)
    issued = request.issuer.flows.access_tokens.get(digest(text), request.now)
    user = token.user(request.issuer) if token is not None else None
    if token is None or issued is None or user is None:
        return None
    vendor, client_id = request.issuer.vendor, issued.family.grant.client_id
    email = {name: value for name, value in claims_of(user, token.scope, vendor).items() if name.startswith("email")}
    return {
        "azp": client_id,
        "aud": client_id,
        "sub": person_of(user, vendor),
        "scope": " ".join(token.scope),
        "exp": issued.until,
        "expires_in": max(0, issued.until - int(request.now)),
        **email,
    }


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
