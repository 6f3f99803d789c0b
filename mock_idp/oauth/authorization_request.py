"""An authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1), read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mock_idp.issuer.store import digest
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_query
from mock_idp.oauth.known_clients import find_client
from mock_idp.oauth.redirect_uris import is_redirect_uri, on_this_machine
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import Audience, StepUp
from mock_idp.vendors.problems import standard_code

_PLAIN = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_S256 = re.compile(r"[A-Za-z0-9_-]{43}")


class ShownError(Exception):
    """A request whose redirect URI cannot be trusted, so that the user is told. The argument is a sentence."""


class RedirectedError(Exception):
    """A request that is refused to its client. `code` is one of RFC 6749 section 4.1.2.1 or Core section 3.1.2.6.

    `about` is the parameter to blame, and whether it is missing or invalid.
    """

    def __init__(
        self, code: str, description: str, about: tuple[Literal["missing", "invalid"], str] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.about = about


@dataclass(frozen=True)
class AuthorizationRequest:
    """Where the answer to a request goes, and its parameters, which are checked by `check_request`.

    `repeated` is one that was given twice, where the vendor tells that the client.
    """

    client: ClientSettings
    redirect_uri: str
    parameters: Mapping[str, str] = field(repr=False)
    mode: str = "query"
    repeated: str | None = None


@dataclass(frozen=True)
class AuthorizationGrant:
    """What the client of a request is to get once the user is known. `max_age` is in seconds."""

    scope: tuple[str, ...]
    audience: Audience | None
    challenge: str | None
    challenge_method: str
    prompt: frozenset[str]
    max_age: int | None
    step_up: StepUp


def read_request(request: FlowRequest) -> AuthorizationRequest:
    """Client, redirect URI and parameters of a request, those of a pushed one where it names that.

    Raises ShownError, as an answer could go to anybody.
    """
    repeated = None
    try:
        parameters: Mapping[str, str] = read_query(request.query, repeatable=request.repeatable)
    except OAuthError as error:
        if error.kind != "duplicate_parameter" or not request.issuer.vendor.duplicates_last:
            raise ShownError(standard_code(error.kind, error.value)[1]) from None
        parameters, repeated = read_query(request.query, first_only=True), error.value
    if "request_uri" in parameters:
        parameters = _pushed(request, parameters)
    return replace(read_parameters(request, parameters), repeated=repeated)


def read_parameters(request: FlowRequest, parameters: Mapping[str, str]) -> AuthorizationRequest:
    """Client and redirect URI of these parameters. Raises ShownError."""
    client_id = parameters.get("client_id")
    if client_id is None:
        raise ShownError("The parameter client_id is missing.")
    try:
        client = find_client(request, client_id, anew=True)
    except OAuthError as error:
        raise ShownError(standard_code(error.kind, error.value)[1]) from None
    if client is None:
        raise ShownError(f"There is no client {client_id!r}.")
    mode = parameters.get("response_mode", "query")
    if request.issuer.vendor.needs_redirect_uri and "redirect_uri" not in parameters:
        raise ShownError("The parameter redirect_uri is missing.")
    redirect_uri = _redirect_uri(client, parameters.get("redirect_uri"), request.issuer.vendor.loopback_ports_vary)
    known = mode in request.issuer.vendor.response_modes
    return AuthorizationRequest(client, redirect_uri, parameters, mode if known else "query")


def check_request(request: FlowRequest, asked: AuthorizationRequest) -> AuthorizationGrant:
    """What the client is to get. Raises RedirectedError."""
    given = asked.parameters
    if asked.repeated is not None:
        raise RedirectedError("invalid_request", "duplicated parameter")
    if "request" in given:
        raise RedirectedError("request_not_supported", "Request objects are not supported.")
    refusal = request.issuer.vendor.refuse_authorization(request.with_form(given, asked.client.id))
    if refusal is not None:
        raise RedirectedError(*refusal)
    modes = request.issuer.vendor.response_modes
    if given.get("response_mode", "query") not in modes:
        raise RedirectedError(
            "invalid_request",
            f"response_mode must be one of {', '.join(modes)}.",
            ("invalid", "response_mode"),
        )
    if "response_type" not in given:
        raise RedirectedError(
            "invalid_request", "The parameter response_type is missing.", ("missing", "response_type")
        )
    if given["response_type"] != "code":
        raise RedirectedError("unsupported_response_type", "Only the response type code is supported.")
    if asked.client.grant_types is not None and "authorization_code" not in asked.client.grant_types:
        raise RedirectedError("unauthorized_client", "The client may not use the authorization code grant.")
    try:
        scope = granted_scope(request, asked.client, given)
        audience = granted_audience(request, asked.client, given)
    except OAuthError as error:
        raise RedirectedError(*standard_code(error.kind, error.value)) from None
    prompt = frozenset(given.get("prompt", "").split())
    if "none" in prompt and len(prompt) > 1:
        raise RedirectedError("invalid_request", "prompt=none goes with no other prompt.")
    challenge, method = read_challenge(request, asked.client, given)
    return AuthorizationGrant(scope, audience, challenge, method, prompt, _max_age(given), _step_up(given))


def _step_up(given: Mapping[str, str]) -> StepUp:
    try:
        claims = json.loads(given.get("claims", "{}"))
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise RedirectedError("invalid_request", "The parameter claims is no JSON object.")
    return StepUp(tuple(given.get("acr_values", "").split()), claims)


def _pushed(request: FlowRequest, outer: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters that were pushed before (RFC 9126 section 4); at most vendors those beside the request_uri do not
    count.
    """
    inner = request.issuer.flows.pushed.get(digest(outer["request_uri"]), request.now)
    if inner is None or inner.get("client_id") != outer.get("client_id"):
        raise ShownError("The request_uri is not one that was handed out to this client, or has expired.")
    beside = outer if request.issuer.vendor.takes_beside_pushed else {}
    return {**beside, **inner, "request_uri": outer["request_uri"]}


def _redirect_uri(client: ClientSettings, given: str | None, ports_vary: bool) -> str:
    declared = client.redirect_uris
    if given is None:
        if declared is None or len(declared) != 1:
            raise ShownError("The parameter redirect_uri is missing.")
        return declared[0]
    if declared is not None:
        if given not in declared and not (ports_vary and on_this_machine(given, declared)):
            raise ShownError("The redirect_uri is none of those the client has declared.")
        return given
    if not is_redirect_uri(given):
        raise ShownError("The redirect_uri must be an absolute URI without a fragment.")
    return given


def read_challenge(request: FlowRequest, client: ClientSettings, given: Mapping[str, str]) -> tuple[str | None, str]:
    """`code_challenge` and its method (RFC 7636 section 4.3). Raises RedirectedError."""
    vendor, challenge = request.issuer.vendor, given.get("code_challenge")
    is_required = client.require_pkce or vendor.always_pkce
    required = vendor.required_challenge_method if is_required else None
    if required is not None and given.get("code_challenge_method") != required:
        about: Literal["missing", "invalid"] = "invalid" if "code_challenge_method" in given else "missing"
        sentence = f"The parameter code_challenge_method must be {required}."
        raise RedirectedError("invalid_request", sentence, (about, "code_challenge_method"))
    if challenge is None:
        if is_required or "code_challenge_method" in given:
            raise RedirectedError(
                "invalid_request", "The parameter code_challenge is missing.", ("missing", "code_challenge")
            )
        return None, "plain"
    document = vendor.discovery(request.context)
    supported = document.get("code_challenge_methods_supported", vendor.challenge_methods)
    method = given.get("code_challenge_method", "plain")
    if method not in supported:
        sentence = f"code_challenge_method must be one of {', '.join(supported)}."
        raise RedirectedError("invalid_request", sentence, ("invalid", "code_challenge_method"))
    if not (_S256 if method == "S256" else _PLAIN).fullmatch(challenge):
        sentence = f"The code_challenge is not one of the method {method}."
        raise RedirectedError("invalid_request", sentence, ("invalid", "code_challenge"))
    return challenge, method


def _max_age(given: Mapping[str, str]) -> int | None:
    text = given.get("max_age")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RedirectedError("invalid_request", "max_age must be a number of seconds.")
    return int(text)
