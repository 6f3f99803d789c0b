"""Keycloak's refusals: an unknown client and a wrong secret have the same sentence and different codes.

Sources: TokenEndpoint, ClientIdAndSecretAuthenticator and ClientCredentialsGrantType of keycloak/keycloak;
answers of a live 26.7.1 server.
"""

from __future__ import annotations

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE
from mock_idp.vendors.keycloak.headers import SECURITY_HEADERS
from mock_idp.vendors.problems import (
    BAD_VERIFIER,
    ENDED,
    EXPIRED,
    NO_VERIFIER,
    OTHER_CLIENT,
    UNASKED_VERIFIER,
    USER_GONE,
    Problem,
    ProblemKind,
    standard_code,
)

TOKEN_HEADERS: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"), *SECURITY_HEADERS)
_BAD_CLIENT = "Invalid client or Invalid client credentials"
_WRONG_SECRET = (401, "unauthorized_client", _BAD_CLIENT)

_NO_GRANT_TYPE = (400, "invalid_request", "Missing form parameter: grant_type")

_REFUSALS: dict[ProblemKind, tuple[int, str, str]] = {
    "malformed_body": _NO_GRANT_TYPE,
    "missing_grant_type": _NO_GRANT_TYPE,
    "unsupported_grant_type": (400, "unsupported_grant_type", "Unsupported grant_type"),
    "duplicate_parameter": (400, "invalid_request", "duplicated parameter"),
    "missing_parameter": (400, "invalid_request", "Missing parameter: {value}"),
    "no_credentials": (401, "invalid_client", _BAD_CLIENT),
    "malformed_credentials": (401, "invalid_client", _BAD_CLIENT),
    "unknown_client": (401, "invalid_client", _BAD_CLIENT),
    "missing_secret": _WRONG_SECRET,
    "wrong_secret": _WRONG_SECRET,
    "wrong_method": _WRONG_SECRET,
    "bad_client_assertion": _WRONG_SECRET,
    "public_client": (401, "unauthorized_client", "Public client not allowed to retrieve service account"),
    "unknown_scope": (400, "invalid_scope", "Invalid scopes: {value}"),
    "scope_not_allowed": (400, "invalid_scope", "Invalid scopes: {value}"),
    "unknown_audience": (400, "invalid_client", "Audience not found"),
    "audience_not_allowed": (400, "invalid_request", "Requested audience not available: {value}"),
    "bad_subject_token": (400, "invalid_request", "Invalid token"),
    "bad_code": (400, "invalid_grant", "Code not valid"),
    "wrong_redirect_uri": (400, "invalid_grant", "Incorrect redirect_uri"),
    "bad_code_verifier": (400, "invalid_grant", "PKCE verification failed: Code mismatch"),
    "bad_refresh_token": (400, "invalid_grant", "Invalid refresh token"),
    "wrong_user_or_password": (400, "invalid_grant", "Invalid user credentials"),
    "authorization_pending": (400, "authorization_pending", "The authorization request is still pending"),
    "slow_down": (400, "slow_down", "Slow down"),
    "access_denied": (400, "access_denied", "The end user denied the authorization request"),
    "expired_device_code": (400, "expired_token", "Device code is expired"),
    "bad_device_code": (400, "invalid_grant", "Device code not valid"),
}
_NO_DEVICES = (
    "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client."
)
_NOT_AUTHENTICATED = (401, "invalid_client", "Client authentication failed.")
_NOT_PUSHED = (401, "invalid_request", "Authentication failed.")
_NOT_SAID = frozenset({"no_credentials", "malformed_credentials", "malformed_body", "unknown_client"})
_NOT_PROVEN = frozenset({"missing_secret", "wrong_secret", "wrong_method", "bad_client_assertion"})
# What is answered otherwise than at the token endpoint, by the path below the protocol.
_AT: dict[str, dict[str, tuple[int, str, str]]] = {
    "token/introspect": {
        **dict.fromkeys(_NOT_PROVEN, _NOT_AUTHENTICATED),
        "malformed_body": (401, "invalid_client", _BAD_CLIENT),
        "missing_parameter": (400, "invalid_request", "Token not provided."),
    },
    "revoke": {
        "malformed_body": (401, "invalid_client", _BAD_CLIENT),
        "missing_parameter": (400, "invalid_request", "Token not provided"),
        "bad_refresh_token": (400, "invalid_request", "Unmatching clients"),
    },
    "auth/device": {
        "malformed_body": (401, "invalid_client", _BAD_CLIENT),
        "duplicate_parameter": (400, "invalid_grant", "duplicated parameter"),
        "grant_not_allowed": (400, "unauthorized_client", _NO_DEVICES),
    },
    "ext/par/request": dict.fromkeys(_NOT_SAID | _NOT_PROVEN, _NOT_PUSHED),
}
WITHOUT_CACHING = frozenset(_AT)
"""The places whose refusals say nothing of caches."""
# What a grant says whose parameter is missing.
_MISSING = {
    "refresh_token": (400, "invalid_request", "No refresh token"),
    "username": (401, "invalid_request", "Missing parameter: username"),
    "password": (400, "invalid_grant", "Invalid user credentials"),
}
# What a client is told that has not been given a grant: each grant has its switch and its sentence.
NO_EXCHANGE = "Standard token exchange is not enabled for the requested client"
_NOT_ENABLED = {
    "client_credentials": (401, "unauthorized_client", "Client not enabled to retrieve service account"),
    "password": (400, "unauthorized_client", "Client not allowed for direct access grants"),
    "authorization_code": (400, "unauthorized_client", "Client not allowed for standard flow"),
    DEVICE_CODE: (400, "invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant"),
    TOKEN_EXCHANGE: (400, "invalid_request", NO_EXCHANGE),
    JWT_BEARER: (400, "invalid_grant", "JWT Authorization Grant is not supported for the requested client"),
}
_NO_ASSERTION = (400, "invalid_grant", "Missing parameter:assertion")
_NO_JWT = (400, "invalid_grant", "The provided assertion is not a valid JWT")


# Of a refresh token it says more than that it is bad.
_BAD_REFRESH_TOKEN = {
    ENDED: "Session not active",
    EXPIRED: "Token is not active",
    # The sessions of a user end with them.
    USER_GONE: "Session not active",
    OTHER_CLIENT: "Invalid refresh token. Token client and authorized client don't match",
}


_BAD_VERIFIER = {
    NO_VERIFIER: "PKCE code verifier not specified",
    BAD_VERIFIER: "PKCE verification failed: Invalid code verifier",
    UNASKED_VERIFIER: "PKCE code verifier specified but challenge not present in authorization",
}


def token_error(problem: Problem) -> Response:
    """The answer to a refused request; it has the headers that a token would have come with."""
    place = place_of(problem.request.context) or ""
    said = _AT.get(place, {}).get(problem.kind) or _REFUSALS.get(problem.kind)
    if problem.kind == "grant_not_allowed" and place == "token":
        said = _NOT_ENABLED.get(problem.value)
        if problem.value == JWT_BEARER and not is_jwt(problem.request.form.get("assertion", "")):
            said = _NO_JWT if "assertion" in problem.request.form else _NO_ASSERTION
    elif problem.kind == "missing_parameter" and place == "token":
        said = _MISSING.get(problem.value, said)
    elif problem.kind == "bad_client_assertion" and place == "token" and "client_id" not in problem.request.form:
        said = _REFUSALS["no_credentials"]
    value = problem.value
    if problem.kind in ("unknown_scope", "scope_not_allowed"):
        # One bad word spoils them all.
        value = problem.request.form.get("scope", value)
    status, code, sentence = said or (400, *standard_code(problem.kind, problem.value))
    if problem.kind == "bad_refresh_token" and place != "revoke":
        sentence = _BAD_REFRESH_TOKEN.get(problem.value, sentence)
    elif problem.kind == "bad_code_verifier":
        sentence = _BAD_VERIFIER.get(problem.value, sentence)
    elif problem.kind == "bad_device_code" and problem.value == OTHER_CLIENT:
        sentence = "unauthorized client"
    elif problem.kind == "bad_code" and problem.value == OTHER_CLIENT:
        sentence = "Auth error: Found different client_id in clientSession"
    headers = SECURITY_HEADERS if place in WITHOUT_CACHING else TOKEN_HEADERS
    return _response(status, code, sentence.replace("{value}", value), headers)


def place_of(context: IssuerContext) -> str | None:
    """Where a request goes, by its path below the protocol; None for what is elsewhere in the realm."""
    _, found, place = context.path.rstrip("/").partition("/protocol/openid-connect/")
    return place if found else None


def is_jwt(text: str) -> bool:
    """Whether a text has a header and claims that can be read, whoever has signed them."""
    # Most problems have no token, and keys are served without.
    from mock_idp.jose.errors import JoseError
    from mock_idp.jose.verification import read_jws

    try:
        read_jws(text)
    except JoseError:
        return False
    return True


def refusal(status: int, code: str, sentence: str, cached: bool = True) -> Response:
    """A refusal that says nothing of caches, or that nothing may be kept."""
    return _response(status, code, sentence, SECURITY_HEADERS if cached else TOKEN_HEADERS)


def _response(status: int, code: str, sentence: str, headers: Headers = TOKEN_HEADERS) -> Response:
    return json_response(status, {"error": code, "error_description": sentence}, headers)
