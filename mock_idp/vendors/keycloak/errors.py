"""Keycloak's refusals: an unknown client and a wrong secret have the same sentence and different codes.

Sources: TokenEndpoint, ClientIdAndSecretAuthenticator, ClientCredentialsGrantType and RealmsResource of
keycloak/keycloak; answers of a live 26.7.1 server.
"""

from __future__ import annotations

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.problems import ENDED, EXPIRED, OTHER_CLIENT, USER_GONE, Problem, ProblemKind, standard_code

SECURITY_HEADERS: Headers = (
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Robots-Tag", "none"),
)
_TOKEN_HEADERS: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"), *SECURITY_HEADERS)
_BAD_CLIENT = "Invalid client or Invalid client credentials"
_WRONG_SECRET = (401, "unauthorized_client", _BAD_CLIENT)

_REFUSALS: dict[ProblemKind, tuple[int, str, str]] = {
    "missing_grant_type": (400, "invalid_request", "Missing form parameter: grant_type"),
    "unsupported_grant_type": (400, "unsupported_grant_type", "Unsupported grant_type"),
    "duplicate_parameter": (400, "invalid_request", "duplicated parameter"),
    "missing_parameter": (400, "invalid_request", "Missing parameter: {value}"),
    "no_credentials": (400, "invalid_client", "Missing client_id parameter"),
    "malformed_credentials": (401, "invalid_client", _BAD_CLIENT),
    "unknown_client": (401, "invalid_client", _BAD_CLIENT),
    "missing_secret": _WRONG_SECRET,
    "wrong_secret": _WRONG_SECRET,
    "wrong_method": _WRONG_SECRET,
    "public_client": (401, "unauthorized_client", "Public client not allowed to retrieve service account"),
    "unknown_scope": (400, "invalid_scope", "Invalid scopes: {value}"),
    "scope_not_allowed": (400, "invalid_scope", "Invalid scopes: {value}"),
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
# What a client is told that has not been given a grant: each grant has its switch and its sentence.
_NOT_ENABLED = {
    "client_credentials": (401, "unauthorized_client", "Client not enabled to retrieve service account"),
    "password": (400, "unauthorized_client", "Client not allowed for direct access grants"),
    "authorization_code": (400, "unauthorized_client", "Client not allowed for standard flow"),
}


# Of a refresh token it says more than that it is bad.
_BAD_REFRESH_TOKEN = {
    ENDED: "Session not active",
    EXPIRED: "Token is not active",
    # The sessions of a user end with them.
    USER_GONE: "Session not active",
    OTHER_CLIENT: "Invalid refresh token. Token client and authorized client don't match",
}


def token_error(problem: Problem) -> Response:
    """The answer to a refused request; it has the headers that a token would have come with."""
    refusal = _REFUSALS.get(problem.kind)
    if problem.kind == "grant_not_allowed":
        refusal = _NOT_ENABLED.get(problem.value)
    status, code, sentence = refusal or (400, *standard_code(problem.kind, problem.value))
    sentence = _BAD_REFRESH_TOKEN.get(problem.value, sentence) if problem.kind == "bad_refresh_token" else sentence
    headers = _TOKEN_HEADERS
    if problem.kind == "malformed_credentials":
        headers = (*headers, ("WWW-Authenticate", f'Basic realm="{problem.request.context.options["realm"]}"'))
    return _response(status, code, sentence.replace("{value}", problem.value), headers)


def refuse_request(request: IssuerRequest) -> Response | None:
    """What is looked at first: whether the way is secure enough, and whether the realm is on."""
    options = request.context.options
    if options["ssl_required"] == "all" and not request.context.base.startswith("https://"):
        return _response(403, "invalid_request", "HTTPS required")
    if not options["realm_enabled"]:
        return _response(403, "access_denied", "Realm not enabled")
    return None


def refuse_client(request: IssuerRequest) -> Response | None:
    """Clients that get no token whatever they ask for, and those whose requests need a proof of possession."""
    options = request.context.options
    if request.client_id in options["bearer_only_clients"]:
        return _response(400, "invalid_client", "Bearer-only not allowed")
    if request.client_id in options["dpop_clients"]:
        # The mock verifies no proofs, so such a client never has a good one.
        return _response(400, "invalid_request", "DPoP proof is missing")
    return None


def not_served(request: IssuerRequest) -> Response:
    """A realm that does not exist, a path below one that does, or a wrong method."""
    path = request.path
    _, found, below = path.partition("/realms/")
    realm = below.partition("/")[0]
    if found and realm and realm != request.context.options["realm"]:
        sentence = "Realm does not exist"
    elif request.known_path:
        sentence = "HTTP 404 Not Found"
    else:
        sentence = "Unable to find matching target resource method"
    return json_response(404, {"error": sentence}, SECURITY_HEADERS)


def _response(status: int, code: str, sentence: str, headers: Headers = _TOKEN_HEADERS) -> Response:
    return json_response(status, {"error": code, "error_description": sentence}, headers)
