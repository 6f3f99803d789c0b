"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.store import digest
from mock_idp.oauth.authorization_request import RedirectedError, ShownError, check_request, read_parameters
from mock_idp.oauth.authorization_response import description_of
from mock_idp.oauth.client_authentication import authenticate
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_endpoint import claimed_client_id

LIFETIME_SECONDS = 60
_CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def respond(request: FlowRequest) -> Response:
    """201 with the request_uri that stands for the parameters, which are checked now and again when it is used."""
    vendor, form = request.issuer.vendor, dict[str, str]()
    try:
        form = read_form(request.content_type, request.body, repeatable=request.repeatable)
        client = authenticate(request, form)
    except OAuthError as error:
        return request.refusal(error, form, claimed_client_id(request, form))
    parameters = {name: value for name, value in form.items() if name not in _CREDENTIALS} | {"client_id": client.id}
    try:
        if "request_uri" in form:
            raise RedirectedError("invalid_request", "A pushed request has no request_uri.")
        check_request(request, read_parameters(request, parameters))
    except ShownError as error:
        return _refused(request.with_form(form, client.id), "invalid_request", str(error))
    except RedirectedError as error:
        return _refused(request.with_form(form, client.id), error.code, description_of(request, error))
    uri = f"urn:ietf:params:oauth:request_uri:{vendor.pushed_id()}"
    request.issuer.flows.pushed.put(digest(uri), parameters, request.now + LIFETIME_SECONDS)
    return json_response(201, {"request_uri": uri, "expires_in": LIFETIME_SECONDS}, vendor.pushed_headers)


def _refused(request: FlowRequest, code: str, description: str) -> Response:
    vendor = request.issuer.vendor
    in_its_words = vendor.refuse_pushed(request, code, description)
    return in_its_words or json_response(400, {"error": code, "error_description": description}, vendor.pushed_headers)
