"""Devices at Keycloak.

Sources: DeviceEndpoint and DeviceGrantType of keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from mock_idp.http11.response import Headers
from mock_idp.vendors.devices import Devices
from mock_idp.vendors.keycloak.headers import NEVER_STORED, SECURITY_HEADERS


class KeycloakDevices(Devices):
    """The part of Keycloak about the device grant."""

    refuses_device_scope = False
    device_headers: Headers = (("Cache-Control", NEVER_STORED), *SECURITY_HEADERS)
    device_challenges = True
    paces_decided_devices = True
    unknown_user_code_status = 200
