"""What a user decides about a device."""

from __future__ import annotations

import secrets

from mock_idp.issuer.flow_state import DeviceRequest, Family, UserGrant
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import UserSettings
from mock_idp.vendors.grant_types import DEVICE_CODE


def allow(request: FlowRequest, device: DeviceRequest, user: UserSettings) -> None:
    """The device gets tokens for this user the next time it asks."""
    grant = UserGrant(
        client_id=device.client_id,
        user=user,
        scope=device.scope,
        audience=device.audience,
        auth_time=int(request.now),
        session_id=request.issuer.vendor.session_id(secrets.token_hex(16)),
        grant_type=DEVICE_CODE,
    )
    device.family = Family(grant)


def find_device(request: FlowRequest, user_code: str) -> DeviceRequest | None:
    """The device that shows this code, read as people type it (RFC 8628 section 6.1); None once it is decided."""
    letters = "".join(one for one in user_code.upper() if one.isalpha())
    now = request.issuer.clock.timer()
    device = request.issuer.flows.user_codes.get(f"{letters[:4]}-{letters[4:]}", now)
    return None if device is None or device.refused or device.family is not None else device
