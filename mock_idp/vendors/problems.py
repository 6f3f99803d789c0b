"""All that can be wrong with a request of a client, and the answer of RFC 6749 section 5.2 to it.

A vendor with words of its own overrides `Vendor.token_error`; the kinds below are all it can be asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerRequest

ProblemKind = Literal[
    # The request itself.
    "malformed_body",
    "duplicate_parameter",
    "missing_parameter",
    "missing_grant_type",
    "unsupported_grant_type",
    # Who asks.
    "no_credentials",
    "malformed_credentials",
    "unknown_client",
    "missing_secret",
    "wrong_secret",
    "wrong_method",
    "bad_client_assertion",
    "bad_client_document",
    # What the client may do.
    "grant_not_allowed",
    "public_client",
    "missing_scope",
    "unknown_scope",
    "scope_not_allowed",
    "openid_for_client",
    "missing_audience",
    "unknown_audience",
    "audience_not_allowed",
    "bad_resource",
    "resource_not_granted",
    # What the client holds.
    "bad_code",
    "wrong_redirect_uri",
    "bad_code_verifier",
    "bad_refresh_token",
    "wrong_user_or_password",
    "authorization_pending",
    "slow_down",
    "access_denied",
    "expired_device_code",
    "bad_device_code",
    "bad_assertion",
    "assertion_too_long",
    "bad_subject_token",
    "unsupported_token_type",
]
PROBLEM_KINDS: tuple[ProblemKind, ...] = get_args(ProblemKind)

OTHER_CLIENT = "it was issued to another client"
ENDED = "its grant has ended"
EXPIRED = "it has expired"
USER_GONE = "its user was removed"
NO_VERIFIER = "it is missing"
BAD_VERIFIER = "it must be 43 to 128 unreserved characters"
UNASKED_VERIFIER = "the authorization request had no code_challenge"
"""Reasons for which a refresh token, a code or a code verifier is refused, for vendors that tell them apart."""

_CODES: dict[ProblemKind, tuple[str, str]] = {
    "malformed_body": ("invalid_request", "The body cannot be read: {value}."),
    "duplicate_parameter": ("invalid_request", "The parameter {value} is given twice."),
    "missing_parameter": ("invalid_request", "The parameter {value} is missing."),
    "missing_grant_type": ("invalid_request", "The parameter grant_type is missing."),
    "unsupported_grant_type": ("unsupported_grant_type", "The grant type {value} is not supported."),
    "no_credentials": ("invalid_client", "The request names no client."),
    "malformed_credentials": ("invalid_client", "The Authorization header holds no Basic credentials of a client."),
    "unknown_client": ("invalid_client", "There is no client {value}."),
    "missing_secret": ("invalid_client", "The client has not authenticated."),
    "wrong_secret": ("invalid_client", "The secret of the client is wrong."),
    "wrong_method": ("invalid_client", "The client may not authenticate with {value}."),
    "bad_client_assertion": ("invalid_client", "The client assertion is refused: {value}."),
    "bad_client_document": ("invalid_client", "The document of the client is refused: {value}."),
    "grant_not_allowed": ("unauthorized_client", "The client may not use the grant type {value}."),
    "public_client": ("unauthorized_client", "A public client may not use the grant type {value}."),
    "missing_scope": ("invalid_scope", "The parameter scope is missing."),
    "unknown_scope": ("invalid_scope", "There is no scope {value}."),
    "scope_not_allowed": ("invalid_scope", "The client may not have the scope {value}."),
    "openid_for_client": ("invalid_scope", "Without a user there is no scope openid."),
    "missing_audience": ("invalid_request", "The parameter audience is missing."),
    "unknown_audience": ("invalid_target", "There is no audience {value}."),
    "audience_not_allowed": ("invalid_target", "The client may not have tokens for {value}."),
    "bad_resource": ("invalid_target", "A resource is an absolute URI without a fragment, which {value} is not."),
    "resource_not_granted": ("invalid_target", "The grant is not for {value}."),
    "bad_code": ("invalid_grant", "The code is refused: {value}."),
    "wrong_redirect_uri": ("invalid_grant", "The redirect_uri is not the one of the authorization request."),
    "bad_code_verifier": ("invalid_grant", "The code_verifier is refused: {value}."),
    "bad_refresh_token": ("invalid_grant", "The refresh token is refused: {value}."),
    "wrong_user_or_password": ("invalid_grant", "The user name or the password is wrong."),
    "authorization_pending": ("authorization_pending", "The user has not decided yet."),
    "slow_down": ("slow_down", "Asked too soon: wait five seconds more between requests from now on."),
    "access_denied": ("access_denied", "The user has refused."),
    "expired_device_code": ("expired_token", "The device code has expired."),
    "bad_device_code": ("invalid_grant", "The device code is refused: {value}."),
    "bad_assertion": ("invalid_grant", "The assertion is refused: {value}."),
    "assertion_too_long": ("invalid_grant", "The assertion is good for too long, or not now."),
    "bad_subject_token": ("invalid_request", "The token to exchange is refused: {value}."),
    "unsupported_token_type": ("invalid_request", "Tokens of the type {value} are not supported."),
}


@dataclass(frozen=True)
class Problem:
    """A refused request. `value` is what was wrong: a parameter's name, a scope, an audience, a grant type, a reason.

    `request` has the form and the client as far as they were read.
    """

    kind: ProblemKind
    value: str
    request: IssuerRequest


def standard_code(kind: ProblemKind, value: str) -> tuple[str, str]:
    """`error` and `error_description` (RFC 6749 section 5.2, 8628 section 3.5, 8707 section 2, 8693 section 2.2.2)."""
    code, sentence = _CODES[kind]
    return code, sentence.replace("{value}", _printable(value))


def standard_response(problem: Problem) -> Response:
    """The answer of RFC 6749 section 5.2: 400, or 401 with a challenge where the client is not who it says."""
    code, description = standard_code(problem.kind, problem.value)
    headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
    status = 400
    if code == "invalid_client":
        status = 401
        headers = (*headers, ("WWW-Authenticate", 'Basic realm="mock-idp"'))
    return json_response(status, {"error": code, "error_description": description}, headers)


def _printable(value: str) -> str:
    """The characters that RFC 6749 section 5.2 allows in an error_description, others as question marks."""
    return "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in value[:200])
