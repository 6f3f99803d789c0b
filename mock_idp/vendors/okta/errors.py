"""Okta's refusals, in two shapes: that of OAuth, and the older `errorCode` one for unknown clients and rate limits.

Sources: Okta's list of OAuth error codes, "OpenID Connect & OAuth 2.0 API"; reports of its users.
"""

from __future__ import annotations

import secrets

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.problems import Problem, ProblemKind, standard_code

HEADERS: Headers = (("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache"))
ORG = "org"
"""The authorization server of the organization itself, which has no id in its issuer."""
_GRANTS = "authorization_code, implicit, refresh_token, password, client_credentials"

_REFUSALS: dict[ProblemKind, tuple[int, str, str]] = {
    "no_credentials": (401, "invalid_client", "No client credentials found."),
    "malformed_credentials": (
        401,
        "invalid_client",
        "Found Authentication header but was not valid client credentials.",
    ),
    "wrong_secret": (401, "invalid_client", "The client secret supplied for a confidential client is invalid."),
    "missing_secret": (
        401,
        "invalid_client",
        "Client authentication failed. Either the client or the client credentials are invalid.",
    ),
    "wrong_method": (
        401,
        "invalid_client",
        "Client authentication failed. Either the client or the client credentials are invalid.",
    ),
    "missing_grant_type": (
        400,
        "invalid_request",
        "The token request must specify a 'grant_type'. Valid values: [{grants}]",
    ),
    "unsupported_grant_type": (
        400,
        "unsupported_grant_type",
        "The authorization grant type is not supported by the authorization server. "
        "Configured grant types: [{grants}].",
    ),
    "grant_not_allowed": (
        400,
        "unauthorized_client",
        "The client is not authorized to use the provided grant type. Configured grant types: [{grants}].",
    ),
    "unknown_scope": (
        400,
        "invalid_scope",
        "One or more scopes are not configured for the authorization server resource.",
    ),
    "missing_scope": (
        400,
        "invalid_scope",
        "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    ),
    "openid_for_client": (400, "invalid_scope", "Cannot request 'openid' scopes using client credentials."),
    "scope_not_allowed": (
        400,
        "access_denied",
        "Policy evaluation failed for this request, please check the policy configurations.",
    ),
    "bad_code": (400, "invalid_grant", "The authorization code is invalid or has expired."),
    "wrong_redirect_uri": (
        400,
        "invalid_grant",
        "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
    ),
    "bad_code_verifier": (400, "invalid_grant", "PKCE verification failed."),
    "bad_refresh_token": (400, "invalid_grant", "The refresh token is invalid or expired."),
    "wrong_user_or_password": (400, "invalid_grant", "The credentials provided were invalid."),
    "authorization_pending": (
        400,
        "authorization_pending",
        "The device authorization is pending. Please try again later.",
    ),
}


def token_error(problem: Problem) -> Response:
    """The answer to a refused request."""
    if problem.kind == "unknown_client":
        return _legacy(401, "invalid_client", "Invalid value for 'client_id' parameter.", HEADERS)
    refusal = _REFUSALS.get(problem.kind)
    if refusal is None:
        code, sentence = standard_code(problem.kind, problem.value)
        return _response(401 if code == "invalid_client" else 400, code, sentence)
    status, code, sentence = refusal
    return _response(status, code, sentence.replace("{grants}", _GRANTS))


def refuse_request(request: IssuerRequest) -> Response | None:
    """Credentials have no place in a URL."""
    names = {pair.partition("=")[0] for pair in request.query.split("&")}
    if names & {"client_id", "client_secret", "client_assertion"}:
        return _response(400, "invalid_request", "Client credentials cannot be supplied via query parameters.")
    return None


def refuse_client(request: IssuerRequest) -> Response | None:
    """What the authorization server's settings say about the client, and about resources."""
    options = request.context.options
    machine = request.form.get("grant_type") == "client_credentials"
    if machine and options["authorization_server"] == ORG and "client_assertion" not in request.form:
        sentence = (
            "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
            "token_endpoint_auth_method."
        )
        return _response(401, "invalid_client", sentence)
    if request.client_id in options["dpop_clients"]:
        # The mock verifies no proofs, so such a client never has a good one.
        return _response(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
    resource = request.form.get("resource")
    if resource is not None and resource != request.context.audience:
        sentence = f"The authorization server has rejected the 'resource' parameter: {resource}"
        return _response(400, "invalid_target", sentence)
    if request.client_id in options["clients_without_policy"]:
        sentence = "Policy evaluation failed for this request, please check the policy configurations."
        return _response(400, "access_denied", sentence)
    return None


def rate_limited(request: IssuerRequest) -> Response:
    """The answer to one request too many. The JWKS and the discovery document have no limit (Okta, "Rate limits")."""
    headers = (
        ("X-Rate-Limit-Limit", "600"),
        ("X-Rate-Limit-Remaining", "0"),
        ("X-Rate-Limit-Reset", str(int(request.now) + 60)),
    )
    return _legacy(429, "E0000047", "API call exceeded rate limit due to too many requests.", headers)


def no_session() -> Response:
    """The answer to a browser in which nobody is logged in, about its session."""
    return _legacy(404, "E0000007", "Not found: Resource not found: me (Session)", HEADERS)


def _response(status: int, code: str, sentence: str) -> Response:
    return json_response(status, {"error": code, "error_description": sentence}, HEADERS)


def _legacy(status: int, code: str, summary: str, headers: Headers) -> Response:
    document = {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": f"oae{secrets.token_urlsafe(16)}",
        "errorCauses": [],
    }
    return json_response(status, document, headers)
