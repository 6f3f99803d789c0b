"""Device authorization (RFC 8628 section 3.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.flow_state import DeviceRequest
from mock_idp.issuer.store import digest
from mock_idp.oauth.authorization_request import RedirectedError, read_challenge
from mock_idp.oauth.authorization_response import description_of
from mock_idp.oauth.client_authentication import authenticate
from mock_idp.oauth.device_decision import allow
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form
from mock_idp.oauth.logins import user_without_page
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope, known_scope
from mock_idp.oauth.token_endpoint import claimed_client_id, other_origin
from mock_idp.settings import ClientSettings
from mock_idp.vendors.grant_types import DEVICE_CODE
from mock_idp.vendors.routes import device_page

LIFETIME_SECONDS = 600
# Section 6.1: no vowels, so no words; nothing that looks like something else.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def respond(request: FlowRequest) -> Response:
    """The codes for a device and its user."""
    vendor, form = request.issuer.vendor, dict[str, str]()
    try:
        form = read_form(request.content_type, request.body, vendor.accepts_json_token_requests)
        client = authenticate(request, form)
        refused = other_origin(request, client) or vendor.refuse_client_beside(request.with_form(form, client.id))
        if refused is not None:
            return refused.with_header("Cache-Control", None).with_header("Pragma", None)
        if client.grant_types is not None and DEVICE_CODE not in client.grant_types:
            raise OAuthError("grant_not_allowed", DEVICE_CODE)
        read = granted_scope if request.issuer.vendor.refuses_device_scope else known_scope
        scope = read(request, client, form)
        audience = granted_audience(request, client, form)
        challenge, method = _challenge(request, client, form)
    except OAuthError as error:
        return request.refusal(error, form, claimed_client_id(request, form))
    except RedirectedError as error:
        said = {"error": error.code, "error_description": description_of(request, error)}
        return json_response(400, said, request.issuer.vendor.device_headers)
    interval = request.issuer.settings.device_interval_seconds
    user_code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    device = DeviceRequest(
        client.id, scope, audience, user_code, interval, challenge=challenge, challenge_method=method
    )
    device_code = secrets.token_urlsafe(32)
    now = request.issuer.clock.timer()
    # Remembered beyond its end, so that the device can be told that it is over.
    request.issuer.flows.devices.put(digest(device_code), device, now + 2 * LIFETIME_SECONDS)
    request.issuer.flows.user_codes.put(user_code, device, now + LIFETIME_SECONDS)
    username = user_without_page(request, form.get("mock_user"))
    user = request.issuer.clients.user(username) if username is not None else None
    if user is not None:
        allow(request, device, user)
    page = device_page(request.issuer.vendor, request.context)
    document = {
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={user_code}",
        "expires_in": LIFETIME_SECONDS,
        "interval": interval,
    }
    document = request.issuer.vendor.device_response(document, request.context)
    return json_response(200, document, request.issuer.vendor.device_headers)


def _challenge(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> tuple[str | None, str]:
    return read_challenge(request, client, form) if request.issuer.vendor.device_challenges else (None, "plain")
