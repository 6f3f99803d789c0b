"""Google's jwt-bearer (RFC 7523 section 2.1): a service account signs for itself and gets a token for itself.

Source: Google, "Using OAuth 2.0 for Server to Server Applications" and "Authenticate for invocation".
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.jose.errors import JoseError
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.jose.verification import Jws, public_key, read_jws, verifies
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_response import token_document, token_response
from mock_idp.vendors.google import account_id

MAX_SECONDS = 3600
LEEWAY_SECONDS = 300


def respond(request: FlowRequest, form: Mapping[str, str]) -> Response:
    """An ID token for `target_audience`, or else an opaque access token, for the account that signed the assertion.

    A declared client with the account's email as its id has the keys the signature is checked with; while no client
    is declared any signature will do. Raises OAuthError `missing_parameter`, `bad_assertion`, `assertion_too_long`.
    """
    if "assertion" not in form:
        raise OAuthError("missing_parameter", "assertion")
    try:
        jws = read_jws(form["assertion"])
    except JoseError:
        raise OAuthError("bad_assertion", "it is not a signed JWT") from None
    email = jws.claims.get("iss")
    if not isinstance(email, str) or not _is_signed(request, email, jws):
        raise OAuthError("bad_assertion", "its signature is not the account's")
    _check_times(jws.claims, request.now)
    audience = jws.claims.get("target_audience")
    document: dict[str, Any]
    if isinstance(audience, str):
        spec = TokenSpec(client_id=account_id(email), audience=audience, claims={"email": email})
        document = {"id_token": request.issuer.mint(spec, request.context, place="id_token").token}
    else:
        document = token_document(request, f"ya29.c.{secrets.token_urlsafe(96)}", ())
    return token_response(request, document)


def _is_signed(request: FlowRequest, email: str, jws: Jws) -> bool:
    client = request.issuer.clients.client(email)
    if client is None or client.anonymous:
        return client is not None
    return any(verifies(jws, public_key(jwk)) for jwk in client.keys if jwk.get("kid", jws.kid) == jws.kid)


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    iat, exp = claims.get("iat"), claims.get("exp")
    numbers = all(isinstance(time, int | float) and not isinstance(time, bool) for time in (iat, exp))
    if not numbers or not (
        exp - iat <= MAX_SECONDS and iat <= now + LEEWAY_SECONDS and now < exp + LEEWAY_SECONDS  # type: ignore[operator]
    ):
        raise OAuthError("assertion_too_long", "iat and exp")
