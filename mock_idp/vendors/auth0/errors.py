"""Auth0's refusals: a wrong secret is `access_denied`, and most of what a client may not do is a 403.

Sources: Auth0's "Authentication API" and "Device Authorization Flow"; reports of its users. Where none tells the
wording of an answer, `docs/vendors/auth0.md` says so.
"""

from __future__ import annotations

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.problems import Problem, ProblemKind, standard_code

HEADERS: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_GRANT_TYPES_PAGE = "https://auth0.com/docs/clients/client-grant-types"
_UNAUTHORIZED = (401, "access_denied", "Unauthorized")
_NOT_GRANTED = (403, "access_denied", "Client has not been granted scopes: {value}")
_GRANT_NOT_ALLOWED = (403, "unauthorized_client", "Grant type '{value}' not allowed for the client.")

_REFUSALS: dict[ProblemKind, tuple[int, str, str]] = {
    "missing_grant_type": (400, "invalid_request", "Missing required parameter: grant_type"),
    "unsupported_grant_type": (403, "unsupported_grant_type", "Unsupported grant type: {value}"),
    "unknown_client": _UNAUTHORIZED,
    "missing_secret": _UNAUTHORIZED,
    "wrong_secret": _UNAUTHORIZED,
    "wrong_method": _UNAUTHORIZED,
    "malformed_credentials": _UNAUTHORIZED,
    "grant_not_allowed": _GRANT_NOT_ALLOWED,
    "public_client": _GRANT_NOT_ALLOWED,
    "unknown_scope": _NOT_GRANTED,
    "scope_not_allowed": _NOT_GRANTED,
    "missing_audience": (403, "access_denied", "Non-global clients are not allowed access to APIv1"),
    "unknown_audience": (403, "access_denied", "Service not enabled within domain: {value}"),
    "audience_not_allowed": (
        403,
        "access_denied",
        'Client is not authorized to access "{value}". You need to create a "client-grant" associated to this API.',
    ),
    "bad_code": (403, "invalid_grant", "Invalid authorization code"),
    "bad_code_verifier": (403, "invalid_grant", "Failed to verify code verifier"),
    "bad_refresh_token": (403, "invalid_grant", "Unknown or invalid refresh token."),
    "wrong_user_or_password": (403, "invalid_grant", "Wrong email or password."),
    "authorization_pending": (403, "authorization_pending", "User has yet to authorize device code."),
    "slow_down": (429, "slow_down", "You are polling faster than the specified interval."),
    "access_denied": (403, "access_denied", "User cancelled the confirmation prompt."),
    "expired_device_code": (403, "expired_token", "The device code is expired."),
    "bad_device_code": (403, "invalid_grant", "Invalid or expired device code."),
}


def token_error(problem: Problem) -> Response:
    """The answer to a refused request."""
    if problem.kind == "no_credentials":
        return json_response(401, {"error": "invalid_client"}, HEADERS)
    if problem.kind not in _REFUSALS:
        code, sentence = standard_code(problem.kind, problem.value)
        return json_response(400, {"error": code, "error_description": sentence}, HEADERS)
    status, code, sentence = _REFUSALS[problem.kind]
    document = {"error": code, "error_description": sentence.replace("{value}", problem.value)}
    if code == "unauthorized_client":
        document["error_uri"] = _GRANT_TYPES_PAGE
    return json_response(status, document, HEADERS)


def without_audience(request: IssuerRequest) -> Response | None:
    """A tenant without a default audience has no API to give a client a token for."""
    machine = request.form.get("grant_type") == "client_credentials"
    if request.context.options["default_audience"] or not machine or request.form.get("audience"):
        return None
    return token_error(Problem("missing_audience", "", request))


def rate_limited(request: IssuerRequest) -> Response:
    """The answer to one request too many, at any endpoint; the limit is that of the token endpoint of a free tenant."""
    headers = (
        ("X-RateLimit-Limit", "30"),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", str(int(request.now) + 1)),
    )
    sentence = (
        "Global limit has been reached. Look at the headers X-RateLimit-Limit, X-RateLimit-Remaining and "
        "X-RateLimit-Reset."
    )
    return json_response(429, {"error": "too_many_requests", "error_description": sentence}, headers)
