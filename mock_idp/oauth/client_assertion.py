"""Clients that sign instead of saying a secret: private_key_jwt and client_secret_jwt (RFC 7523 section 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from mock_idp.issuer.store import digest
from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import Jws, read_jws, verifies
from mock_idp.oauth.client_keys import KeysError, is_signed_by
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.known_clients import known_client
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientAuthMethod, ClientSettings

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LEEWAY_SECONDS = 60


def client_of_assertion(request: FlowRequest, form: Mapping[str, str]) -> ClientSettings:
    """The client whose assertion the request holds.

    An undeclared client may sign with any key, but not say anything: `iss` and `sub` are its id, `aud` is this
    issuer or one of its endpoints, `exp` is to come, and a `jti` is good once.
    Raises OAuthError `bad_client_assertion`, `unknown_client`, `wrong_method`, `missing_parameter`.
    """
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _bad(f"client_assertion_type must be {ASSERTION_TYPE}")
    try:
        jws = read_jws(form["client_assertion"])
    except JoseError:
        raise _bad("it is not a signed JWT") from None
    client_id = jws.claims.get("sub")
    if not isinstance(client_id, str) or jws.claims.get("iss") != client_id:
        raise _bad("iss and sub must both be the client id")
    if form.get("client_id", client_id) != client_id:
        raise _bad("client_id is another one than its sub")
    client = known_client(request, client_id)
    method: ClientAuthMethod = "client_secret_jwt" if jws.alg.startswith("HS") else "private_key_jwt"
    document = request.issuer.vendor.discovery(request.context)
    supported = document.get("token_endpoint_auth_methods_supported", [method])
    if method not in supported or client.auth_method not in (None, method):
        raise OAuthError("wrong_method", method)
    if jws.alg not in document.get("token_endpoint_auth_signing_alg_values_supported", [jws.alg]):
        raise _bad(f"it is signed with {jws.alg}")
    if not client.anonymous and not _is_signed_by(request, client, jws):
        raise _bad("its signature is not the client's")
    exp = check_times(jws.claims, request.now, _bad)
    if not is_for(request, jws.claims.get("aud")):
        raise _bad("its aud is not this server")
    jti = jws.claims.get("jti")
    if jti is not None and not request.issuer.flows.assertions.put_new(
        digest(f"{client_id} {jti}"), True, exp + _LEEWAY_SECONDS, request.now
    ):
        raise _bad("its jti was used before")
    return client


def check_times(claims: Mapping[str, Any], now: float, bad: Callable[[str], OAuthError]) -> float:
    """The `exp` of claims, which is to come, while an `nbf` is past. Raises what `bad` makes of a reason."""
    exp, nbf = claims.get("exp"), claims.get("nbf", 0)
    if not _is_number(exp) or not _is_number(nbf):
        raise bad("it has no exp that is a number")
    if exp + _LEEWAY_SECONDS <= now:
        raise bad("it has expired")
    if nbf > now + _LEEWAY_SECONDS:
        raise bad("it is not valid yet")
    return float(exp)


def endpoints(request: FlowRequest) -> set[str]:
    """The issuer identifier and all its endpoints: what an assertion may be addressed to (RFC 7523 section 3)."""
    document = request.issuer.vendor.discovery(request.context)
    named = {value for name, value in document.items() if isinstance(value, str) and name.endswith("_endpoint")}
    own, context = request.identifier, request.context
    here = {context.base + context.path, *named}
    if context.back not in ("", context.base):
        here |= {context.back + url.removeprefix(context.base) for url in here if url.startswith(context.base)}
    return {own, own.rstrip("/"), own.rstrip("/") + "/", *here}


def is_for(request: FlowRequest, audience: Any) -> bool:
    """Whether one of the audiences of an assertion is this issuer or one of its endpoints."""
    given = audience if isinstance(audience, list) else [audience]
    return any(one in endpoints(request) for one in given if isinstance(one, str))


def _is_signed_by(request: FlowRequest, client: ClientSettings, jws: Jws) -> bool:
    if jws.alg.startswith("HS"):
        return client.secret is not None and verifies(jws, client.secret.encode())
    try:
        return is_signed_by(request, client, jws)
    except KeysError as error:
        raise _bad(str(error)) from None


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _bad(reason: str) -> OAuthError:
    return OAuthError("bad_client_assertion", reason)
