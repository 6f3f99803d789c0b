"""Google's refusals; `docs/vendors/google.md` says which texts are those of recorded answers."""

from __future__ import annotations

from mock_idp.http11.response import Response, json_response
from mock_idp.vendors.problems import Problem, ProblemKind, standard_code

_UNAUTHORIZED = (401, "invalid_client", "Unauthorized")
_BAD_REQUEST = "Bad Request"
_TOO_LONG = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp "
    "values in the JWT claim."
)

_REFUSALS: dict[ProblemKind, tuple[int, str, str]] = {
    "missing_grant_type": (400, "unsupported_grant_type", "Invalid grant_type: "),
    "unsupported_grant_type": (400, "unsupported_grant_type", "Invalid grant_type: {value}"),
    "grant_not_allowed": (401, "unauthorized_client", "Unauthorized"),
    "missing_parameter": (400, "invalid_request", "Missing required parameter: {value}"),
    "no_credentials": (400, "invalid_request", "Could not determine client ID from request."),
    "malformed_credentials": (400, "invalid_request", "Could not determine client ID from request."),
    "unknown_client": (401, "invalid_client", "The OAuth client was not found."),
    "missing_secret": (400, "invalid_request", "client_secret is missing."),
    "wrong_secret": _UNAUTHORIZED,
    "wrong_method": _UNAUTHORIZED,
    "bad_client_assertion": _UNAUTHORIZED,
    "bad_code": (400, "invalid_grant", "Malformed auth code."),
    "wrong_redirect_uri": (400, "redirect_uri_mismatch", _BAD_REQUEST),
    "bad_code_verifier": (400, "invalid_grant", "Invalid code verifier."),
    "bad_refresh_token": (400, "invalid_grant", "Token has been expired or revoked."),
    "authorization_pending": (428, "authorization_pending", "Precondition Required"),
    "slow_down": (403, "slow_down", "Forbidden"),
    "access_denied": (403, "access_denied", "Forbidden"),
    "expired_device_code": (400, "expired_token", _BAD_REQUEST),
    "bad_device_code": (400, "invalid_grant", _BAD_REQUEST),
    "bad_assertion": (400, "invalid_grant", "Invalid JWT Signature."),
    "assertion_too_long": (400, "invalid_grant", _TOO_LONG),
}


def token_error(problem: Problem) -> Response:
    """The answer to a refused request."""
    status, code, description = _REFUSALS.get(problem.kind) or (400, *standard_code(problem.kind, problem.value))
    document = {"error": code, "error_description": description.replace("{value}", problem.value)}
    return json_response(status, document, (("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"),))


def revoked_nothing() -> Response:
    """The answer to the revocation of what is no token, or is none any more."""
    return json_response(400, {"error": "invalid_token", "error_description": "Token expired or revoked"})
