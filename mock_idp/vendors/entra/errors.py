"""Entra ID's refusals: an AADSTS number, its sentence, and ids for the support (Microsoft's "AADSTS error codes").

The texts of the usual cases are those of recorded answers; `docs/vendors/entra.md` names the others.
"""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass

from mock_idp.http11.response import Headers, Response, json_response
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.entra.scopes import only_offline
from mock_idp.vendors.entra.v1 import is_v1
from mock_idp.vendors.problems import Problem, ProblemKind

_HEADERS: Headers = (
    ("Content-Type", "application/json; charset=utf-8"),
    ("Cache-Control", "no-store, no-cache"),
    ("Pragma", "no-cache"),
    ("X-Content-Type-Options", "nosniff"),
    ("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"'),
)


@dataclass(frozen=True)
class _Refusal:
    number: int
    code: str
    sentence: str
    status: int = 400


_SECRET_NEEDED = _Refusal(
    7000216,
    "invalid_client",
    "'client_assertion', 'client_secret' or 'request' is required for the '{grant_type}' grant type.",
    401,
)
_WRONG_SECRET = _Refusal(
    7000215,
    "invalid_client",
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the "
    "client secret ID, for a secret added to app '{client_id}'.",
    401,
)
_MISSING = _Refusal(900144, "invalid_request", "The request body must contain the following parameter: '{value}'.")
_MALFORMED = _Refusal(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
_UNSUPPORTED_GRANT = _Refusal(70003, "unsupported_grant_type", "The app requested an unsupported grant type '{value}'.")
_NOT_DEFAULT = _Refusal(
    1002012,
    "invalid_scope",
    "The provided value for scope {value} is not valid. Client credential flows must have a scope value with /.default "
    "suffixed to the resource identifier (application ID URI).",
)
_BAD_SCOPE = _Refusal(70011, "invalid_scope", "The provided value for the input parameter 'scope' is not valid.")
_NO_CONSENT = _Refusal(
    65001,
    "invalid_grant",
    "The user or administrator has not consented to use the application with ID '{client_id}'.",
)
_UNKNOWN_RESOURCE = _Refusal(
    500011,
    "invalid_resource",
    "The resource principal named {value} was not found in the tenant named {tenant}. This can happen if the "
    "application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
)
_UNKNOWN_CLIENT = _Refusal(
    700016,
    "unauthorized_client",
    "Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the "
    "application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
)
_UNKNOWN_TENANT = _Refusal(
    90002,
    "invalid_request",
    "Tenant '{value}' not found. Check to make sure you have the correct tenant ID and are signing into the correct "
    "cloud.",
)
_RESOURCE_PARAMETER = _Refusal(
    9010010,
    "invalid_target",
    "The resource parameter provided in the request doesn't match with the requested scopes.",
)
_UNSUPPORTED_PARAMETER = _Refusal(901002, "invalid_request", "The 'resource' request parameter is not supported.")
_WORDS_FOR_ALL = ("common", "organizations", "consumers")
_TENANT_PATH = re.compile(r"/([^/]+)/(?:v2\.0/\.well-known|\.well-known|oauth2|discovery)/")
_BAD_GRANT = _Refusal(70000, "invalid_grant", "The provided value for the '{parameter}' parameter is not valid.")

_REFUSALS: dict[ProblemKind, _Refusal] = {
    "missing_parameter": _MISSING,
    "missing_grant_type": _MISSING,
    "missing_scope": _MISSING,
    "no_credentials": _MISSING,
    "unsupported_grant_type": _UNSUPPORTED_GRANT,
    "grant_not_allowed": _UNSUPPORTED_GRANT,
    "unknown_client": _UNKNOWN_CLIENT,
    "missing_secret": _SECRET_NEEDED,
    "public_client": _SECRET_NEEDED,
    "wrong_secret": _WRONG_SECRET,
    "wrong_method": _WRONG_SECRET,
    "bad_client_assertion": _Refusal(700027, "invalid_client", "Client assertion failed signature validation.", 401),
    "unknown_scope": _BAD_SCOPE,
    "openid_for_client": _NOT_DEFAULT,
    "scope_not_allowed": _NO_CONSENT,
    "unknown_audience": _UNKNOWN_RESOURCE,
    "audience_not_allowed": _Refusal(
        501051, "invalid_grant", "Application '{client_id}' is not assigned to a role for the application '{value}'."
    ),
    "bad_code": _BAD_GRANT,
    "bad_refresh_token": _BAD_GRANT,
    "wrong_redirect_uri": _Refusal(
        500112,
        "invalid_client",
        "The reply address does not match the reply address provided when requesting Authorization code.",
    ),
    "bad_code_verifier": _Refusal(
        501481,
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    "wrong_user_or_password": _Refusal(
        50126, "invalid_grant", "Error validating credentials due to invalid username or password."
    ),
    "authorization_pending": _Refusal(
        70016,
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    "slow_down": _Refusal(
        70016,
        "slow_down",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    "access_denied": _Refusal(65004, "authorization_declined", "User declined to consent to access the app."),
    "expired_device_code": _Refusal(
        70020,
        "expired_token",
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
    "bad_device_code": _Refusal(
        70018, "bad_verification_code", "The provided value for the input parameter 'device_code' is not valid."
    ),
    "bad_assertion": _Refusal(50013, "invalid_grant", "Assertion failed signature validation."),
}
_MISSING_PARAMETERS: dict[ProblemKind, str] = {
    "missing_grant_type": "grant_type",
    "missing_scope": "scope",
    "no_credentials": "client_id",
}


def token_error(problem: Problem, tenant: str) -> Response:
    """The answer to a refused request. In: the tenant as the path names it."""
    refusal = _REFUSALS.get(problem.kind, _MALFORMED)
    scoped = problem.kind in ("unknown_scope", "scope_not_allowed")
    grant_type = problem.request.form.get("grant_type", "")
    if scoped and grant_type == "client_credentials" and not problem.value.endswith("/.default"):
        # A client on its own cannot name single scopes.
        refusal = _NOT_DEFAULT
    return _response(
        refusal,
        problem.request.now,
        value=_MISSING_PARAMETERS.get(problem.kind, problem.value),
        client_id=problem.request.client_id or "",
        grant_type=grant_type,
        tenant=tenant,
        parameter="refresh_token" if problem.kind == "bad_refresh_token" else "code",
    )


def refuse_client(request: IssuerRequest) -> Response | None:
    """A `resource` at v2.0, where there is none, and one that nobody knows; at v1.0 a password needs to say one.

    A scope that is offline_access alone is none.
    """
    v1, resource = is_v1(request.context), request.form.get("resource")
    if resource is not None and not v1:
        return _response(_RESOURCE_PARAMETER, request.now)
    if v1 and resource is None and request.form.get("grant_type") == "password":
        return _response(_MISSING, request.now, value="resource")
    if not v1 and only_offline(request.form):
        return _response(_BAD_SCOPE, request.now)
    known = str(request.context.options["resources"]).split()
    unknown = [one for one in _resources(request, v1) if one not in known]
    if not known or not unknown:
        return None
    return _response(_UNKNOWN_RESOURCE, request.now, value=unknown[0], tenant=str(request.context.options["tenant"]))


def refuse_authorization(request: IssuerRequest) -> tuple[str, str] | None:
    """An authorization request to the v2.0 endpoint that has a `resource`."""
    if "resource" not in request.form or is_v1(request.context):
        return None
    return _UNSUPPORTED_PARAMETER.code, str(_document(_UNSUPPORTED_PARAMETER, request.now)["error_description"])


def _resources(request: IssuerRequest, v1: bool) -> list[str]:
    """The resources a request names: with `resource`, or a client on its own before each `/.default`."""
    if v1:
        return [request.form["resource"]] if "resource" in request.form else []
    if request.form.get("grant_type") != "client_credentials":
        return []
    suffix = "/.default"
    return [word.removesuffix(suffix) for word in request.form.get("scope", "").split() if word.endswith(suffix)]


def not_served(request: IssuerRequest) -> Response | None:
    """Each path below a tenant says so when there is no such tenant; other paths are left to the mock.

    The words for all tenants are no unknown tenant: an issuer that is one of them serves them.
    """
    found = _TENANT_PATH.search(request.path)
    if found is None or request.known_path or found[1] in (request.context.options["tenant"], *_WORDS_FOR_ALL):
        return None
    return _response(_UNKNOWN_TENANT, request.now, value=found[1])


def _response(refusal: _Refusal, now: float, **values: str) -> Response:
    response = json_response(refusal.status, _document(refusal, now, **values))
    return Response(response.status, _HEADERS, response.body)


def _document(refusal: _Refusal, now: float, **values: str) -> dict[str, object]:
    timestamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now))
    trace_id, correlation_id = str(uuid.uuid4()), str(uuid.uuid4())
    sentence = refusal.sentence.format(**values)
    ids = f"Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {timestamp}"
    return {
        "error": refusal.code,
        "error_description": f"AADSTS{refusal.number}: {sentence} {ids}",
        "error_codes": [refusal.number],
        "timestamp": timestamp,
        "trace_id": trace_id,
        "correlation_id": correlation_id,
        # The vendor's own page about the number.
        "error_uri": f"https://login.microsoftonline.com/error?code={refusal.number}",
    }
