"""The device code grant (RFC 8628 sections 3.4 and 3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import DeviceRequest
from mock_idp.issuer.store import digest
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.grants.authorization_code import check_verifier
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.oauth.users import look_up
from mock_idp.settings import ClientSettings
from mock_idp.vendors.problems import OTHER_CLIENT, USER_GONE

_SLOWER_SECONDS = 5


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """Tokens once the user has allowed it; until then the device is told to ask again, not too soon."""
    if "device_code" not in form:
        is_empty = request.issuer.vendor.reads_empty_values and has_empty(request.body, "device_code")
        raise OAuthError("bad_device_code") if is_empty else OAuthError("missing_parameter", "device_code")
    flows, now = request.issuer.flows, request.issuer.clock.timer()
    key = digest(form["device_code"])
    device = flows.devices.get(key, now)
    if device is None:
        raise OAuthError("bad_device_code", "it was not issued here, or was used")
    if device.client_id != client.id:
        raise OAuthError("bad_device_code", OTHER_CLIENT)
    if flows.user_codes.get(device.user_code, now) is None:
        raise OAuthError("expired_device_code")
    if request.issuer.vendor.paces_decided_devices:
        _check_pace(request, device)
    if device.refused:
        raise OAuthError("access_denied")
    if device.family is None:
        if not request.issuer.vendor.paces_decided_devices:
            _check_pace(request, device)
        raise OAuthError("authorization_pending")
    if request.issuer.vendor.device_challenges:
        check_verifier(device.challenge, device.challenge_method, form.get("code_verifier"))
    if flows.devices.take(key, now) is None:
        raise OAuthError("bad_device_code", "it was not issued here, or was used")
    if not look_up(request.issuer, device.family):
        raise OAuthError("bad_device_code", USER_GONE)
    return user_token_response(request, client, device.family, device.scope)


def _check_pace(request: FlowRequest, device: DeviceRequest) -> None:
    """Section 3.5: the first question is free, each later one waits for the interval by the issuer's clock."""
    now = request.issuer.clock.timer()
    with request.issuer.flows.lock:
        asked_at, device.asked_at = device.asked_at, now
        if asked_at is not None and now - asked_at < device.wait_seconds:
            device.wait_seconds += _SLOWER_SECONDS
            raise OAuthError("slow_down")
